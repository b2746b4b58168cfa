{{/*
What is true of each service wherever it runs: which it calls, what it keeps its state in, which variables of its
environment are secret. Network policies, environments and secrets all follow from this one table.
*/}}
{{- define "cartwright.topology" -}}
gateway:
  calls: [identity, catalog, order, payment, inventory, shipping, notification, analytics]
  redis: true
  secrets: []
identity: {calls: [], database: true, kafka: true, secrets: [SERVICE_CLIENT_SECRET]}
catalog: {calls: [identity], database: true, kafka: true, secrets: [SERVICE_CLIENT_SECRET]}
order:
  calls: [identity, catalog, payment, inventory, shipping, notification]
  database: true
  kafka: true
  secrets: [SERVICE_CLIENT_SECRET]
payment:
  calls: [identity, payment-provider]
  database: true
  kafka: true
  secrets: [SERVICE_CLIENT_SECRET, PROVIDER_WEBHOOK_SECRET]
inventory: {calls: [identity], database: true, kafka: true, secrets: [SERVICE_CLIENT_SECRET]}
shipping: {calls: [identity], database: true, kafka: true, secrets: [SERVICE_CLIENT_SECRET]}
notification: {calls: [identity], database: true, kafka: true, mail: true, secrets: [SERVICE_CLIENT_SECRET]}
analytics: {calls: [identity], database: true, kafka: true, secrets: [SERVICE_CLIENT_SECRET]}
payment-provider:
  calls: [gateway]
  database: true
  isOutside: true
  secrets: [PROVIDER_WEBHOOK_SECRET]
{{- end -}}

{{/* The services of the platform, without what only stands in for somebody else's. */}}
{{- define "cartwright.serviceNames" -}}
{{- range $name, $facts := include "cartwright.topology" . | fromYaml -}}
{{- if not $facts.isOutside }}{{ $name }} {{ end -}}
{{- end -}}
{{- end -}}

{{/* The names of those that run, as a list in YAML under "names". Takes root. */}}
{{- define "cartwright.running" -}}
names:
{{- range $name := keys (include "cartwright.topology" . | fromYaml) | sortAlpha }}
{{- if (get $.Values.services $name).enabled }}
  - {{ $name }}
{{- end }}
{{- end }}
{{- end -}}

{{/* A service's values over those of all. Takes root and component; YAML. */}}
{{- define "cartwright.settings" -}}
{{- mergeOverwrite (deepCopy .root.Values.defaults) (deepCopy (get .root.Values.services .component)) | toYaml -}}
{{- end -}}

{{/* Where a service answers inside the cluster. Takes root and component. */}}
{{- define "cartwright.url" -}}
{{- printf "http://%s" (include "cartwright.name" .) -}}
{{- end -}}

{{/*
Where secret values come from: "generated" here and kept from release to release, "existing" Secrets of somebody
else's, or "external" ones that the External Secrets Operator fetches.
*/}}

{{/* The Secret of a service or job. Takes root and component. */}}
{{- define "cartwright.secretName" -}}
{{- if eq .root.Values.secrets.source "existing" -}}
{{- .root.Values.secrets.existing.name | replace "{service}" .component -}}
{{- else -}}
{{- include "cartwright.name" . -}}
{{- end -}}
{{- end -}}

{{/*
Every generated value, YAML. What the release's own Secret has is kept; what was given in the values wins. Made
once for all templates: two calls would make two passwords. Takes root.
*/}}
{{- define "cartwright.generated" -}}
{{- if not (hasKey .Values "generatedOnce") -}}
{{- $given := .Values.secrets.values -}}
{{- $kept := dict -}}
{{- $secret := lookup "v1" "Secret" .Release.Namespace (include "cartwright.name" (dict "root" . "component" "generated")) -}}
{{- range $key, $value := ($secret.data | default dict) -}}
{{- $_ := set $kept $key (b64dec $value) -}}
{{- end -}}
{{- $made := dict
      "service-client-secret" (randAlphaNum 40)
      "redis" (randAlphaNum 40)
      "provider-webhook-secret" (printf "whsec_%s" (randAlphaNum 32 | b64enc)) -}}
{{- range $name, $facts := include "cartwright.topology" . | fromYaml -}}
{{- if $facts.database -}}
{{- $_ := set $made (printf "database.%s" (replace "-" "_" $name)) (randAlphaNum 40) -}}
{{- end -}}
{{- if $facts.kafka -}}
{{- $_ := set $made (printf "kafka.%s" $name) (randAlphaNum 40) -}}
{{- end -}}
{{- end -}}
{{- $_ := set .Values "generatedOnce" (merge (deepCopy $given) $kept $made) -}}
{{- end -}}
{{- .Values.generatedOnce | toYaml -}}
{{- end -}}

{{/* The values of a service's Secret, YAML. Takes root, component and facts. */}}
{{- define "cartwright.secretValues" -}}
{{- $generated := include "cartwright.generated" .root | fromYaml -}}
{{- range $key := (include "cartwright.secretKeys" . | fromYaml).keys }}
{{- if eq $key "SERVICE_CLIENT_SECRET" }}
SERVICE_CLIENT_SECRET: {{ index $generated "service-client-secret" | quote }}
{{- else if eq $key "PROVIDER_WEBHOOK_SECRET" }}
PROVIDER_WEBHOOK_SECRET: {{ index $generated "provider-webhook-secret" | quote }}
{{- else if eq $key "KAFKA_SASL_PASSWORD" }}
KAFKA_SASL_PASSWORD: {{ index $generated (printf "kafka.%s" $.component) | quote }}
{{- else if eq $key "REDIS_URL" }}
REDIS_URL: {{ include "cartwright.redisUrl" $.root | quote }}
{{- else if eq $key "SMTP_URL" }}
SMTP_URL: {{ $.root.Values.mail.url | quote }}
{{- else if eq $key "DATABASE_URL" }}
{{- $role := replace "-" "_" $.component }}
{{- $password := index $generated (printf "database.%s" $role) }}
DATABASE_URL: {{ include "cartwright.databaseUrl" (dict "root" $.root "user" $role "password" $password) | quote }}
{{- end }}
{{- end }}
{{- end -}}

{{/* Takes root, user and password, both fit for a URL. */}}
{{- define "cartwright.databaseUrl" -}}
{{- $database := .root.Values.database -}}
{{- $host := $database.host -}}
{{- $mode := $database.tls.mode -}}
{{- if $database.cloudNativePg.enabled -}}
{{- $host = printf "%s-rw" (include "cartwright.name" (dict "root" .root "component" "postgres")) -}}
{{- end -}}
{{- $query := printf "?sslmode=%s" $mode -}}
{{- if and (ne $mode "disable") $database.tls.caSecret.name -}}
{{- $query = printf "%s&sslrootcert=/etc/cartwright/database/ca.crt" $query -}}
{{- end -}}
{{- printf "postgresql://%s:%s@%s:%d/%s%s" .user .password $host (int $database.port) $database.name $query -}}
{{- end -}}

{{- define "cartwright.redisUrl" -}}
{{- if .Values.redis.inCluster.enabled -}}
{{- $password := get (include "cartwright.generated" . | fromYaml) "redis" -}}
{{- printf "redis://:%s@%s:6379" $password (include "cartwright.name" (dict "root" . "component" "redis")) -}}
{{- else -}}
{{- .Values.redis.url -}}
{{- end -}}
{{- end -}}

{{/* Changes when what the chart itself knows of a Secret does: pods start anew with the new values. */}}
{{- define "cartwright.secretChecksum" -}}
{{- if eq .root.Values.secrets.source "generated" -}}
{{- include "cartwright.secretValues" . | sha256sum -}}
{{- else -}}
{{- .root.Values.secrets.revision | toString | sha256sum -}}
{{- end -}}
{{- end -}}

{{/* Fetches a component's Secret. Takes root and component, and annotations for one that jobs need. */}}
{{- define "cartwright.externalSecret" -}}
{{- $external := .root.Values.secrets.external -}}
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: {{ include "cartwright.name" . }}
  labels: {{- include "cartwright.labels" . | nindent 4 }}
  {{- with .annotations }}
  annotations: {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  refreshInterval: {{ $external.refreshInterval }}
  secretStoreRef: {{- toYaml $external.storeRef | nindent 4 }}
  target: {name: {{ include "cartwright.name" . }}, creationPolicy: Owner}
  dataFrom:
    - extract: {key: {{ $external.key | replace "{service}" .component | quote }}}
{{- end -}}

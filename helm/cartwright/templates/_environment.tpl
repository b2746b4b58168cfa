{{/*
The environment of a service, without what is secret: data of its ConfigMap. The names are those of the service's
config.ts, which `npm run test:chart` checks. Takes root, component, facts and settings.
*/}}
{{- define "cartwright.environment" -}}
{{- $values := .root.Values -}}
{{- $own := dict "PORT" 8080 "NODE_ENV" "production" -}}
{{- if .facts.isOutside -}}
{{- $_ := set $own "LOG_LEVEL" $values.env.LOG_LEVEL -}}
{{- else -}}
{{- $own = mergeOverwrite $own (deepCopy $values.env) -}}
{{- $_ := set $own "LINGER_SECONDS" $values.shutdown.lingerSeconds -}}
{{- $_ := set $own "METRICS_PORT" 9464 -}}
{{- range $name := splitList " " (include "cartwright.serviceNames" .root | trim) -}}
{{- if ne $name "gateway" -}}
{{- $url := include "cartwright.url" (dict "root" $.root "component" $name) -}}
{{- $_ := set $own (printf "%s_URL" (upper $name)) $url -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if .facts.kafka -}}
{{- $own = merge $own (include "cartwright.kafkaEnvironment" (dict "root" .root "username" (include "cartwright.principal" .)) | fromYaml) -}}
{{- end -}}
{{- if and (has "payment-provider" .facts.calls) (get $values.services "payment-provider").enabled -}}
{{- $_ := set $own "PAYMENT_PROVIDER_URL" (include "cartwright.url" (dict "root" .root "component" "payment-provider")) -}}
{{- end -}}
{{- if and .facts.mail $values.mail.enabled -}}
{{- $_ := set $own "MAIL_FROM" $values.mail.from -}}
{{- end -}}
{{- if .facts.isOutside -}}
{{- $gateway := include "cartwright.url" (dict "root" .root "component" "gateway") -}}
{{- $_ := set $own "PROVIDER_WEBHOOK_URL" (printf "%s/api/v1/payments/webhooks/simulated" $gateway) -}}
{{- end -}}
{{- range $key, $value := .settings.env -}}
{{- $_ := set $own $key $value -}}
{{- end -}}
{{- range $key, $value := $own -}}
{{- if not (kindIs "invalid" $value) }}
{{ $key }}: {{ include "cartwright.plain" $value | quote }}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* A number as people write it: 1000000, not 1e+06. */}}
{{- define "cartwright.plain" -}}
{{- if and (kindIs "float64" .) (eq (floor .) .) }}{{ int64 . }}{{ else }}{{ . }}{{ end -}}
{{- end -}}

{{/* The name a service shows Kafka. Takes root and component. */}}
{{- define "cartwright.principal" -}}
{{- printf "%s%s" .root.Values.kafka.principalPrefix .component -}}
{{- end -}}

{{/* How Kafka is spoken to, by the principal "username". Takes root and username. */}}
{{- define "cartwright.kafkaEnvironment" -}}
{{- $kafka := .root.Values.kafka -}}
KAFKA_BROKERS: {{ include "cartwright.brokers" .root | quote }}
KAFKA_SSL: {{ hasSuffix "SSL" $kafka.protocol | quote }}
{{- if include "cartwright.kafkaCa" .root }}
KAFKA_SSL_CA: /etc/cartwright/kafka/ca.crt
{{- end }}
{{- if hasPrefix "SASL" $kafka.protocol }}
KAFKA_SASL_MECHANISM: {{ $kafka.mechanism }}
KAFKA_SASL_USERNAME: {{ .username }}
{{- end }}
{{- end -}}

{{- define "cartwright.brokers" -}}
{{- if .Values.kafka.strimzi.enabled -}}
{{- printf "%s-kafka-bootstrap:9093" (include "cartwright.name" (dict "root" . "component" "kafka")) -}}
{{- else -}}
{{- join "," .Values.kafka.brokers -}}
{{- end -}}
{{- end -}}

{{/* The Secret with the certificate that the brokers' are checked against; empty for those that everybody trusts. */}}
{{- define "cartwright.kafkaCa" -}}
{{- if not (hasSuffix "SSL" .Values.kafka.protocol) -}}
{{- else if .Values.kafka.strimzi.enabled -}}
{{- printf "%s-cluster-ca-cert" (include "cartwright.name" (dict "root" . "component" "kafka")) -}}
{{- else -}}
{{- .Values.kafka.tls.caSecret.name -}}
{{- end -}}
{{- end -}}

{{/* Variables whose values stand in the service's Secret; a list, or nothing. Takes root, component and facts. */}}
{{- define "cartwright.secretEnvironment" -}}
{{- $secret := include "cartwright.secretName" . -}}
{{- range $key := (include "cartwright.secretKeys" . | fromYaml).keys }}
- name: {{ $key }}
  valueFrom:
    secretKeyRef: {name: {{ $secret }}, key: {{ $key }}}
{{- end }}
{{- end -}}

{{- define "cartwright.secretKeys" -}}
keys:
{{- range .facts.secrets }}
  - {{ . }}
{{- end }}
{{- if .facts.database }}
  - DATABASE_URL
{{- end }}
{{- if and .facts.kafka (hasPrefix "SASL" .root.Values.kafka.protocol) }}
  - KAFKA_SASL_PASSWORD
{{- end }}
{{- if and .facts.redis .root.Values.redis.enabled }}
  - REDIS_URL
{{- end }}
{{- if and .facts.mail .root.Values.mail.enabled }}
  - SMTP_URL
{{- end }}
{{- end -}}

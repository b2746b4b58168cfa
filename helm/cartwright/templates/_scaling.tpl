{{/*
How many pods a service has. "cpu" is for those whose work is requests. On an order's path more pods mean smaller
batches and so more work for each order: there a service grows only when its consumer lag or the age of its outbox
says that it falls behind ("keda", or "external" with a metrics adapter), and no further than there are partitions.
*/}}
{{- define "cartwright.autoscaling" -}}
{{- $scaling := .settings.autoscaling -}}
{{- if not $scaling.enabled -}}
{{- else if eq $scaling.by "keda" -}}
{{ include "cartwright.scaledObject" . }}
{{- else -}}
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: {{ .name }}
  labels: {{- include "cartwright.labels" . | nindent 4 }}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: {{ .name }}}
  minReplicas: {{ .settings.replicas }}
  maxReplicas: {{ $scaling.maxReplicas }}
  behavior:
    scaleUp: {stabilizationWindowSeconds: 0, policies: [{type: Percent, value: 100, periodSeconds: 30}]}
    scaleDown: {stabilizationWindowSeconds: 300, policies: [{type: Pods, value: 1, periodSeconds: 60}]}
  metrics:
    {{- if eq $scaling.by "cpu" }}
    - type: Resource
      resource: {name: cpu, target: {type: Utilization, averageUtilization: {{ $scaling.cpuPercent }}}}
    {{- else }}
    - type: External
      external:
        metric: {name: {{ $scaling.lag.metric }}, selector: {matchLabels: {service: {{ .component }}}}}
        target: {type: AverageValue, averageValue: {{ $scaling.lag.messages | quote }}}
    - type: External
      external:
        metric: {name: {{ $scaling.outboxAge.metric }}, selector: {matchLabels: {service: {{ .component }}}}}
        target: {type: Value, value: {{ $scaling.outboxAge.seconds | quote }}}
    {{- end }}
{{- end -}}
{{- end -}}

{{/* KEDA's word for how it logs in to Kafka: it does not by itself. Takes root. */}}
{{- define "cartwright.kedaMechanism" -}}
{{- get (dict "plain" "plaintext" "scram-sha-256" "scram_sha256" "scram-sha-512" "scram_sha512") .Values.kafka.mechanism -}}
{{- end -}}

{{- define "cartwright.scaledObject" -}}
{{- $scaling := .settings.autoscaling -}}
{{- $access := get (.root.Files.Get "files/kafka-access.json" | fromJson) .component -}}
{{- $isSecured := ne .root.Values.kafka.protocol "PLAINTEXT" -}}
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata:
  name: {{ .name }}
  labels: {{- include "cartwright.labels" . | nindent 4 }}
spec:
  scaleTargetRef: {name: {{ .name }}}
  minReplicaCount: {{ .settings.replicas }}
  maxReplicaCount: {{ $scaling.maxReplicas }}
  cooldownPeriod: 300
  fallback: {failureThreshold: 3, replicas: {{ .settings.replicas }}}
  triggers:
    {{- range $topic := $access.consumes }}
    - type: kafka
      metricType: AverageValue
      metadata:
        bootstrapServers: {{ include "cartwright.brokers" $.root | quote }}
        consumerGroup: {{ $.component }}
        topic: {{ $topic }}
        lagThreshold: {{ $scaling.lag.messages | quote }}
        offsetResetPolicy: earliest
        tls: {{ ternary "enable" "disable" (hasSuffix "SSL" $.root.Values.kafka.protocol) }}
        sasl: {{ ternary (include "cartwright.kedaMechanism" $.root) "none" (hasPrefix "SASL" $.root.Values.kafka.protocol) }}
      {{- if $isSecured }}
      authenticationRef: {name: {{ $.name }}}
      {{- end }}
    {{- end }}
    - type: prometheus
      metricType: Value
      metadata:
        serverAddress: {{ $scaling.prometheusUrl | quote }}
        query: {{ printf "max(%s{job=\"cartwright\", namespace=%q, service=%q})" $scaling.outboxAge.metric .root.Release.Namespace .component | quote }}
        threshold: {{ $scaling.outboxAge.seconds | quote }}
{{- if $isSecured }}
---
apiVersion: keda.sh/v1alpha1
kind: TriggerAuthentication
metadata:
  name: {{ .name }}
  labels: {{- include "cartwright.labels" . | nindent 4 }}
spec:
  {{- if hasPrefix "SASL" .root.Values.kafka.protocol }}
  configMapTargetRef:
    - {parameter: username, name: {{ .name }}, key: KAFKA_SASL_USERNAME}
  {{- end }}
  secretTargetRef:
    {{- if hasPrefix "SASL" .root.Values.kafka.protocol }}
    - {parameter: password, name: {{ include "cartwright.secretName" . }}, key: KAFKA_SASL_PASSWORD}
    {{- end }}
    {{- with include "cartwright.kafkaCa" .root }}
    - {parameter: ca, name: {{ . }}, key: {{ $.root.Values.kafka.tls.caSecret.key }}}
    {{- end }}
{{- end }}
{{- end -}}

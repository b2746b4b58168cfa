{{/*
Who may speak to whom, by the table of calls: a service is spoken to by those that call it, and speaks to those
that it calls, to its stores and to the name service. default-deny.yaml refuses everything else.
*/}}
{{- define "cartwright.networkPolicy" -}}
{{- $policy := .root.Values.networkPolicy -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: {{ .name }}
  labels: {{- include "cartwright.labels" . | nindent 4 }}
spec:
  podSelector:
    matchLabels: {{- include "cartwright.selectorLabels" . | nindent 6 }}
  policyTypes: [Ingress, Egress]
  ingress:
    {{- with include "cartwright.callers" . }}
    - from: {{- . | nindent 8 }}
      ports: [{protocol: TCP, port: http}]
    {{- end }}
    {{- if and (eq .component "gateway") $policy.ingressFrom }}
    - from: {{- toYaml $policy.ingressFrom | nindent 8 }}
      ports: [{protocol: TCP, port: http}]
    {{- end }}
    {{- if and $policy.monitoringFrom (not .facts.isOutside) }}
    - from: {{- toYaml $policy.monitoringFrom | nindent 8 }}
      ports: [{protocol: TCP, port: metrics}]
    {{- end }}
  egress:
    {{- include "cartwright.egressToNames" .root | nindent 4 }}
    {{- include "cartwright.egressToMesh" .root | nindent 4 }}
    {{- range $callee := .facts.calls }}
    {{- if (get $.root.Values.services $callee).enabled }}
    - to:
        - podSelector:
            matchLabels: {{- include "cartwright.selectorLabels" (dict "root" $.root "component" $callee) | nindent 14 }}
      ports: [{protocol: TCP, port: http}]
    {{- end }}
    {{- end }}
    {{- include "cartwright.egressToStores" . | nindent 4 }}
    {{- with $policy.telemetryTo }}
    - to: {{- toYaml . | nindent 8 }}
      ports: [{protocol: TCP, port: {{ include "cartwright.telemetryPort" $.root }}}]
    {{- end }}
    {{- with .settings.egress }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end -}}

{{/* Where the collector answers: what its URL says, or what its scheme means. Takes root. */}}
{{- define "cartwright.telemetryPort" -}}
{{- $url := urlParse (.Values.env.OTEL_EXPORTER_OTLP_ENDPOINT | default "http://collector:4318") -}}
{{- regexFind "[0-9]+$" (regexFind ":[0-9]+$" $url.host) | default (ternary "443" "80" (eq $url.scheme "https")) -}}
{{- end -}}

{{/* Pods of the services that call this one. Takes root and component. */}}
{{- define "cartwright.callers" -}}
{{- $callee := .component -}}
{{- range $name, $facts := include "cartwright.topology" .root | fromYaml }}
{{- if and (has $callee $facts.calls) (get $.root.Values.services $name).enabled }}
- podSelector:
    matchLabels: {{- include "cartwright.selectorLabels" (dict "root" $.root "component" $name) | nindent 6 }}
{{- end }}
{{- end }}
{{- end -}}

{{/* Takes root. */}}
{{- define "cartwright.egressToNames" -}}
- to: {{- toYaml .Values.networkPolicy.namesAt | nindent 4 }}
  ports: [{protocol: UDP, port: 53}, {protocol: TCP, port: 53}]
{{- end -}}

{{/* What sidecars are configured by, without which no pod of a mesh becomes ready. Takes root. */}}
{{- define "cartwright.egressToMesh" -}}
{{- $ports := get (dict "istio" (list 15012) "linkerd" (list 8080 8086 8090)) .Values.mesh -}}
{{- if $ports }}
- to: {{- toYaml .Values.networkPolicy.meshAt | nindent 4 }}
  ports:
    {{- range $ports }}
    - {protocol: TCP, port: {{ . }}}
    {{- end }}
{{- end }}
{{- end -}}

{{/* Takes root and facts. */}}
{{- define "cartwright.egressToStores" -}}
{{- $policy := .root.Values.networkPolicy -}}
{{- if .facts.database }}
- to: {{- toYaml $policy.databaseAt | nindent 4 }}
  ports: [{protocol: TCP, port: {{ .root.Values.database.port }}}]
{{- end }}
{{- if .facts.kafka }}
- to: {{- toYaml $policy.kafkaAt | nindent 4 }}
  ports:
    {{- range $port := splitList "," (include "cartwright.brokers" .root) }}
    - {protocol: TCP, port: {{ regexFind "[0-9]+$" $port }}}
    {{- end }}
{{- end }}
{{- if and .facts.redis .root.Values.redis.inCluster.enabled }}
- to:
    - podSelector:
        matchLabels: {{- include "cartwright.selectorLabels" (dict "root" .root "component" "redis") | nindent 10 }}
  ports: [{protocol: TCP, port: redis}]
{{- else if and .facts.redis .root.Values.redis.enabled }}
- to: {{- toYaml $policy.redisAt | nindent 4 }}
  ports: [{protocol: TCP, port: {{ .root.Values.redis.port }}}]
{{- end }}
{{- if and .facts.mail .root.Values.mail.enabled }}
- to: {{- toYaml $policy.mailAt | nindent 4 }}
  ports: [{protocol: TCP, port: {{ .root.Values.mail.port }}}]
{{- end }}
{{- end -}}

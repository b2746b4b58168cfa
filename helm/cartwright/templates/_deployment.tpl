{{/*
The process itself. After SIGTERM it answers for LINGER_SECONDS more while readiness says no, then lets requests in
hand end, and gives up on whatever has not stopped 25 s after the signal: the grace period covers all of it, behind
the pause in which the signal is not sent yet because others may not have noticed.
*/}}
{{- define "cartwright.deployment" -}}
{{- $values := .root.Values -}}
{{- $settings := .settings -}}
{{- $pause := int $values.shutdown.pauseSeconds -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .name }}
  labels: {{- include "cartwright.labels" . | nindent 4 }}
spec:
  {{- if not $settings.autoscaling.enabled }}
  replicas: {{ $settings.replicas }}
  {{- end }}
  revisionHistoryLimit: 5
  minReadySeconds: {{ $settings.minReadySeconds }}
  progressDeadlineSeconds: {{ $settings.progressDeadlineSeconds }}
  strategy:
    type: RollingUpdate
    rollingUpdate: {maxSurge: {{ $settings.maxSurge }}, maxUnavailable: 0}
  selector:
    matchLabels: {{- include "cartwright.selectorLabels" . | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "cartwright.labels" . | nindent 8 }}
        {{- with include "cartwright.meshLabels" . }}
        {{- . | nindent 8 }}
        {{- end }}
        {{- with $settings.podLabels }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      annotations:
        checksum/config: {{ include "cartwright.environment" . | sha256sum }}
        checksum/secret: {{ include "cartwright.secretChecksum" . }}
        {{- with include "cartwright.meshAnnotations" . }}
        {{- . | nindent 8 }}
        {{- end }}
        {{- with $settings.podAnnotations }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
    spec:
      serviceAccountName: {{ .name }}
      {{- include "cartwright.podSecurity" .root | nindent 6 }}
      terminationGracePeriodSeconds: {{ add $pause 30 }}
      {{- with $settings.nodeSelector }}
      nodeSelector: {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with $settings.tolerations }}
      tolerations: {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with $settings.affinity }}
      affinity: {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with $settings.priorityClassName }}
      priorityClassName: {{ . }}
      {{- end }}
      topologySpreadConstraints: {{- include "cartwright.spread" . | nindent 8 }}
      containers:
        - name: {{ .component }}
          image: {{ include "cartwright.image" . | quote }}
          imagePullPolicy: {{ $values.image.pullPolicy }}
          {{- include "cartwright.containerSecurity" . | nindent 10 }}
          ports:
            - {name: http, containerPort: 8080, protocol: TCP}
            {{- if not .facts.isOutside }}
            - {name: metrics, containerPort: 9464, protocol: TCP}
            {{- end }}
          envFrom:
            - configMapRef: {name: {{ .name }}}
          {{- with include "cartwright.secretEnvironment" . }}
          env: {{- . | nindent 12 }}
          {{- end }}
          startupProbe:
            httpGet: {path: /health/live, port: http}
            periodSeconds: 2
            timeoutSeconds: 3
            failureThreshold: {{ div $settings.startWithinSeconds 2 }}
          readinessProbe:
            httpGet: {path: /health/ready, port: http}
            periodSeconds: 2
            timeoutSeconds: 5
            failureThreshold: 6
          livenessProbe:
            httpGet: {path: /health/live, port: http}
            periodSeconds: 10
            timeoutSeconds: 5
            failureThreshold: 3
          lifecycle:
            preStop:
              sleep: {seconds: {{ $pause }}}
          resources: {{- toYaml $settings.resources | nindent 12 }}
          volumeMounts:
            - {name: tmp, mountPath: /tmp}
            {{- include "cartwright.trustMounts" . | nindent 12 }}
      volumes:
        - name: tmp
          emptyDir: {sizeLimit: 64Mi}
        {{- include "cartwright.trustVolumes" . | nindent 8 }}
{{- end -}}

{{/* What "restricted" of the Pod Security Standards asks of a pod, and no token of the API server. Takes root. */}}
{{- define "cartwright.podSecurity" -}}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with .Values.image.pullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: {{ .Values.runAs }}
  runAsGroup: {{ .Values.runAs }}
  fsGroup: {{ .Values.runAs }}
  seccompProfile: {type: RuntimeDefault}
{{- end -}}

{{- define "cartwright.containerSecurity" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
{{- end -}}

{{/* What a namespace of restricted pods asks of the containers that Strimzi makes, which have it only when told to. */}}
{{- define "cartwright.strimziSecurity" -}}
securityContext:
  runAsNonRoot: true
  allowPrivilegeEscalation: false
  capabilities: {drop: [ALL]}
  seccompProfile: {type: RuntimeDefault}
{{- end -}}

{{- define "cartwright.spread" -}}
{{- range $key := list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
- maxSkew: 1
  topologyKey: {{ $key }}
  whenUnsatisfiable: {{ $.settings.spread }}
  matchLabelKeys: [pod-template-hash]
  labelSelector:
    matchLabels: {{- include "cartwright.selectorLabels" $ | nindent 6 }}
{{- end }}
{{- end -}}

{{/* Certificates of authorities that Kafka's and Postgres's own are checked against. Takes root and facts. */}}
{{- define "cartwright.trustMounts" -}}
{{- if and .facts.kafka (include "cartwright.kafkaCa" .root) }}
- {name: kafka-ca, mountPath: /etc/cartwright/kafka, readOnly: true}
{{- end }}
{{- if and .facts.database .root.Values.database.tls.caSecret.name }}
- {name: database-ca, mountPath: /etc/cartwright/database, readOnly: true}
{{- end }}
{{- end -}}

{{- define "cartwright.trustVolumes" -}}
{{- if and .facts.kafka (include "cartwright.kafkaCa" .root) }}
- name: kafka-ca
  secret:
    secretName: {{ include "cartwright.kafkaCa" .root }}
    items: [{key: {{ .root.Values.kafka.tls.caSecret.key }}, path: ca.crt}]
{{- end }}
{{- if and .facts.database .root.Values.database.tls.caSecret.name }}
- name: database-ca
  secret:
    secretName: {{ .root.Values.database.tls.caSecret.name }}
    items: [{key: {{ .root.Values.database.tls.caSecret.key }}, path: ca.crt}]
{{- end }}
{{- end -}}

{{- define "cartwright.meshLabels" -}}
{{- if eq .root.Values.mesh "istio" }}
sidecar.istio.io/inject: "true"
{{- end }}
{{- end -}}

{{- define "cartwright.meshAnnotations" -}}
{{- if eq .root.Values.mesh "istio" }}
proxy.istio.io/config: '{"holdApplicationUntilProxyStarts": true}'
{{- else if eq .root.Values.mesh "linkerd" }}
linkerd.io/inject: enabled
config.linkerd.io/proxy-await: enabled
{{- end }}
{{- end -}}

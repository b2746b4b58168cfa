{{/*
Jobs that prepare what services need: hooks, so that no service of a release starts before the topics and tables it
knows are there. What they need for that is made by hooks as well, and removed when they have succeeded.
*/}}

{{/* Takes events and weight; the job itself stays until its successor comes when it fails, so that its log can be read. */}}
{{- define "cartwright.hook" -}}
helm.sh/hook: {{ .events }}
helm.sh/hook-weight: {{ .weight | quote }}
helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
{{- end -}}

{{/*
Takes root, component, facts, env (YAML list), mounts and volumes (YAML lists); events and weight where it is a hook,
args where it does something else than its image says, deadlineSeconds where that takes longer.
*/}}
{{- define "cartwright.job" -}}
{{- $job := .root.Values.jobs -}}
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ include "cartwright.name" . }}
  labels: {{- include "cartwright.labels" . | nindent 4 }}
  {{- if .events }}
  annotations: {{- include "cartwright.hook" . | nindent 4 }}
  {{- end }}
spec:
  backoffLimit: {{ $job.backoffLimit }}
  activeDeadlineSeconds: {{ .deadlineSeconds | default $job.deadlineSeconds }}
  template:
    metadata:
      labels: {{- include "cartwright.labels" . | nindent 8 }}
      {{- if ne .root.Values.mesh "none" }}
      annotations:
        sidecar.istio.io/inject: "false"
        linkerd.io/inject: disabled
      {{- end }}
    spec:
      restartPolicy: Never
      {{- include "cartwright.podSecurity" .root | nindent 6 }}
      containers:
        - name: {{ .component }}
          image: {{ include "cartwright.image" (merge (dict "settings" $job) .) | quote }}
          imagePullPolicy: {{ .root.Values.image.pullPolicy }}
          {{- include "cartwright.containerSecurity" . | nindent 10 }}
          {{- with .args }}
          args: {{- toYaml . | nindent 12 }}
          {{- end }}
          env: {{- .env | nindent 12 }}
          resources: {{- toYaml $job.resources | nindent 12 }}
          volumeMounts:
            - {name: tmp, mountPath: /tmp}
            {{- include "cartwright.trustMounts" . | nindent 12 }}
            {{- with .mounts }}
            {{- . | nindent 12 }}
            {{- end }}
      volumes:
        - name: tmp
          emptyDir: {sizeLimit: 64Mi}
        {{- include "cartwright.trustVolumes" . | nindent 8 }}
        {{- with .volumes }}
        {{- . | nindent 8 }}
        {{- end }}
{{- end -}}

{{/* Egress of a job, made before it: the release's own policies may not be there yet. Takes what the job takes. */}}
{{- define "cartwright.jobPolicy" -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: {{ include "cartwright.name" . }}
  labels: {{- include "cartwright.labels" . | nindent 4 }}
  {{- if .events }}
  annotations: {{- include "cartwright.hook" (dict "events" .events "weight" -20) | nindent 4 }}
  {{- end }}
spec:
  podSelector:
    matchLabels: {{- include "cartwright.selectorLabels" . | nindent 6 }}
  policyTypes: [Ingress, Egress]
  egress:
    {{- include "cartwright.egressToNames" .root | nindent 4 }}
    {{- include "cartwright.egressToStores" . | nindent 4 }}
{{- end -}}

{{/*
The administrator's connection string, and where the job finds the passwords that roles are to have: one file for each,
named after the role. Takes root and component.
*/}}
{{- define "cartwright.adminEnvironment" -}}
{{- include "cartwright.adminConnection" (dict "root" .root "made" "jobs") }}
- name: ROLE_PASSWORDS_FOLDER
  value: /etc/cartwright/roles
{{- end -}}

{{/* DATABASE_URL of the administrator. Takes root, and made: the component whose Secret has it where the chart makes them. */}}
{{- define "cartwright.adminConnection" -}}
{{- if .root.Values.database.cloudNativePg.enabled -}}
- name: ADMIN_PASSWORD
  valueFrom:
    secretKeyRef: {name: {{ include "cartwright.name" (dict "root" .root "component" "postgres") }}-superuser, key: password}
- name: DATABASE_URL
  value: {{ include "cartwright.databaseUrl" (dict "root" .root "user" "postgres" "password" "$(ADMIN_PASSWORD)") | quote }}
{{- else -}}
- name: DATABASE_URL
  valueFrom:
    secretKeyRef: {name: {{ include "cartwright.adminSecret" (dict "root" .root "of" "migrations" "made" .made) }}, key: DATABASE_URL}
{{- end }}
{{- end -}}

{{/* How Kafka is spoken to by its administrator; a YAML list. Takes the same. */}}
{{- define "cartwright.kafkaAdminEnvironment" -}}
{{- $admin := .root.Values.kafka.admin.user -}}
{{- $secret := include "cartwright.adminSecret" (dict "root" .root "of" "topics" "made" .made) -}}
{{- $key := "KAFKA_SASL_PASSWORD" -}}
{{- if .root.Values.kafka.strimzi.enabled -}}
{{- $admin = include "cartwright.name" (dict "root" .root "component" "kafka-admin") -}}
{{- $secret = $admin -}}
{{- $key = "password" -}}
{{- end -}}
{{- $env := list -}}
{{- range $name, $value := include "cartwright.kafkaEnvironment" (dict "root" .root "username" $admin) | fromYaml -}}
{{- $env = append $env (dict "name" $name "value" $value) -}}
{{- end -}}
{{- if hasPrefix "SASL" .root.Values.kafka.protocol -}}
{{- $env = append $env (dict "name" "KAFKA_SASL_PASSWORD" "valueFrom" (dict "secretKeyRef" (dict "name" $secret "key" $key))) -}}
{{- end -}}
{{- $env | toYaml -}}
{{- end -}}

{{/* Who has an administrator's password: "made", where the chart makes Secrets for that and removes them again, else the job "of". Takes root. */}}
{{- define "cartwright.adminSecret" -}}
{{- if eq .root.Values.secrets.source "generated" -}}
{{- include "cartwright.name" (dict "root" .root "component" .made) -}}
{{- else -}}
{{- include "cartwright.secretName" (dict "root" .root "component" .of) -}}
{{- end -}}
{{- end -}}

{{/* What administrators of database and brokers log in with, where no operator keeps it: data of a Secret. Takes root. */}}
{{- define "cartwright.adminSecretValues" -}}
{{- $admin := .Values.database.admin -}}
{{- if not .Values.database.cloudNativePg.enabled }}
DATABASE_URL: {{ include "cartwright.databaseUrl" (dict "root" . "user" $admin.user "password" (urlquery $admin.password)) | quote }}
{{- end }}
{{- if and (hasPrefix "SASL" .Values.kafka.protocol) (not .Values.kafka.strimzi.enabled) }}
KAFKA_SASL_PASSWORD: {{ .Values.kafka.admin.password | quote }}
{{- end }}
{{- end -}}

{{/* Takes root. */}}
{{- define "cartwright.roleVolume" -}}
- name: roles
  secret: {secretName: {{ include "cartwright.adminSecret" (dict "root" .root "of" "migrations" "made" "jobs") }}, defaultMode: 0440}
{{- end -}}

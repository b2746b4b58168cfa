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

{{/* Takes root, component, events, weight, facts, env (YAML list), mounts and volumes (YAML lists). */}}
{{- define "cartwright.job" -}}
{{- $job := .root.Values.jobs -}}
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ include "cartwright.name" . }}
  labels: {{- include "cartwright.labels" . | nindent 4 }}
  annotations: {{- include "cartwright.hook" . | nindent 4 }}
spec:
  backoffLimit: {{ $job.backoffLimit }}
  activeDeadlineSeconds: {{ $job.deadlineSeconds }}
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
  annotations: {{- include "cartwright.hook" (dict "events" .events "weight" -20) | nindent 4 }}
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
{{- $admin := .root.Values.database.admin -}}
{{- if .root.Values.database.cloudNativePg.enabled -}}
- name: ADMIN_PASSWORD
  valueFrom:
    secretKeyRef: {name: {{ include "cartwright.name" (dict "root" .root "component" "postgres") }}-superuser, key: password}
- name: DATABASE_URL
  value: {{ include "cartwright.databaseUrl" (dict "root" .root "user" "postgres" "password" "$(ADMIN_PASSWORD)") | quote }}
{{- else -}}
- name: DATABASE_URL
  valueFrom:
    secretKeyRef: {name: {{ include "cartwright.adminSecret" . }}, key: DATABASE_URL}
{{- end }}
- name: ROLE_PASSWORDS_FOLDER
  value: /etc/cartwright/roles
{{- end -}}

{{/* A generated one is made for the jobs alone and removed with them. Takes root and component. */}}
{{- define "cartwright.adminSecret" -}}
{{- if eq .root.Values.secrets.source "generated" -}}
{{- include "cartwright.name" (dict "root" .root "component" "jobs") -}}
{{- else -}}
{{- include "cartwright.secretName" (dict "root" .root "component" "migrations") -}}
{{- end -}}
{{- end -}}

{{/* Takes root. */}}
{{- define "cartwright.roleVolume" -}}
- name: roles
  secret: {secretName: {{ include "cartwright.adminSecret" . }}, defaultMode: 0440}
{{- end -}}

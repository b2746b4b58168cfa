{{/*
One service of the platform, whichever it is: all that Kubernetes has to know of it.
Takes root and component; services.yaml calls it for each that is enabled.
*/}}
{{- define "cartwright.service" -}}
{{- $settings := include "cartwright.settings" . | fromYaml -}}
{{- $facts := get (include "cartwright.topology" . | fromYaml) .component -}}
{{- $scope := merge (dict "settings" $settings "facts" $facts "name" (include "cartwright.name" .)) . -}}
{{ include "cartwright.serviceAccount" $scope }}
---
{{ include "cartwright.configMap" $scope }}
---
{{ include "cartwright.deployment" $scope }}
---
{{ include "cartwright.clusterIp" $scope }}
---
{{ include "cartwright.disruptionBudget" $scope }}
{{- with include "cartwright.autoscaling" $scope }}
---
{{ . }}
{{- end }}
{{- if .root.Values.networkPolicy.enabled }}
---
{{ include "cartwright.networkPolicy" $scope }}
{{- end }}
{{- end -}}

{{- define "cartwright.serviceAccount" -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .name }}
  labels: {{- include "cartwright.labels" . | nindent 4 }}
automountServiceAccountToken: false
{{- end -}}

{{- define "cartwright.configMap" -}}
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .name }}
  labels: {{- include "cartwright.labels" . | nindent 4 }}
data: {{- include "cartwright.environment" . | nindent 2 }}
{{- end -}}

{{- define "cartwright.clusterIp" -}}
apiVersion: v1
kind: Service
metadata:
  name: {{ .name }}
  labels: {{- include "cartwright.labels" . | nindent 4 }}
spec:
  type: {{ .settings.service.type }}
  selector: {{- include "cartwright.selectorLabels" . | nindent 4 }}
  ports:
    - name: http
      port: 80
      targetPort: http
      protocol: TCP
      appProtocol: http
{{- end -}}

{{- define "cartwright.disruptionBudget" -}}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ .name }}
  labels: {{- include "cartwright.labels" . | nindent 4 }}
spec:
  maxUnavailable: {{ .settings.disruptionBudget.maxUnavailable }}
  unhealthyPodEvictionPolicy: AlwaysAllow
  selector:
    matchLabels: {{- include "cartwright.selectorLabels" . | nindent 6 }}
{{- end -}}

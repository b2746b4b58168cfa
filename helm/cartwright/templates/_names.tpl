{{/* Names and labels. "component" is a service, or a job that prepares something for them. */}}

{{- define "cartwright.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* Takes root and component. */}}
{{- define "cartwright.name" -}}
{{- printf "%s-%s" (include "cartwright.fullname" .root) .component -}}
{{- end -}}

{{/* What pods are found by, and what never changes between releases. Takes root. */}}
{{- define "cartwright.releaseLabels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{/* Takes root and component. */}}
{{- define "cartwright.selectorLabels" -}}
{{ include "cartwright.releaseLabels" .root }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{/* Takes root and component. */}}
{{- define "cartwright.labels" -}}
{{ include "cartwright.selectorLabels" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/part-of: cartwright
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end -}}

{{/* "[registry/]repository:tag" or "…@digest". Takes root and component, and settings with an image of its own. */}}
{{- define "cartwright.image" -}}
{{- $image := mergeOverwrite (deepCopy .root.Values.image) (deepCopy ((.settings).image | default dict)) -}}
{{- $repository := $image.repository | replace "{service}" .component -}}
{{- $name := ternary $repository (printf "%s/%s" $image.registry $repository) (empty $image.registry) -}}
{{- if $image.digest -}}
{{- printf "%s@%s" $name $image.digest -}}
{{- else -}}
{{- printf "%s:%s" $name ($image.tag | default .root.Chart.AppVersion) -}}
{{- end -}}
{{- end -}}


{{/*
Whether the cluster has it already. Helm removes what a hook makes before it makes it again, which is no way to treat a
database: one that is there is left out. Takes root, apiVersion, kind and name.
*/}}
{{- define "cartwright.isThere" -}}
{{- if lookup .apiVersion .kind .root.Release.Namespace .name }}yes{{ end -}}
{{- end -}}

{{/* Amounts of processor and memory, and how much of them the release takes. */}}

{{/* A quantity as a number that can be compared: cores, or bytes. Takes what stands in the values: 250m, 1.5, 512Mi. */}}
{{- define "cartwright.amount" -}}
{{- $text := include "cartwright.plain" . -}}
{{- $units := dict "" 1.0 "m" 0.001 "k" 1e3 "M" 1e6 "G" 1e9 "Ki" 1024.0 "Mi" 1048576.0 "Gi" 1073741824.0 -}}
{{- mulf (regexFind "^[0-9.]+" $text | float64) (get $units (regexFind "[A-Za-z]*$" $text)) -}}
{{- end -}}

{{/*
What the services take at most: all pods that they may have, and those that come before others leave while they are
replaced; the largest of the jobs runs beside them. YAML by the names that a ResourceQuota has. Takes root.
*/}}
{{- define "cartwright.taken" -}}
{{- $taken := dict "pods" 1.0 -}}
{{- range $kind := list "requests" "limits" -}}
{{- range $resource := list "cpu" "memory" -}}
{{- $_ := set $taken (printf "%s.%s" $kind $resource) (include "cartwright.amount" (get (get $.Values.jobs.resources $kind) $resource) | float64) -}}
{{- end -}}
{{- end -}}
{{- range $name := (include "cartwright.running" . | fromYaml).names -}}
{{- $settings := include "cartwright.settings" (dict "root" $ "component" $name) | fromYaml -}}
{{- $pods := ternary $settings.autoscaling.maxReplicas $settings.replicas $settings.autoscaling.enabled | int -}}
{{- $surge := toString $settings.maxSurge -}}
{{- $more := ternary (divf (mulf $pods (trimSuffix "%" $surge)) 100 | ceil) (float64 (trimSuffix "%" $surge)) (hasSuffix "%" $surge) -}}
{{- $most := addf $pods $more -}}
{{- $_ := set $taken "pods" (addf $taken.pods $most) -}}
{{- range $kind := list "requests" "limits" -}}
{{- range $resource := list "cpu" "memory" -}}
{{- $key := printf "%s.%s" $kind $resource -}}
{{- $each := include "cartwright.amount" (get (get $settings.resources $kind) $resource) | float64 -}}
{{- $_ := set $taken $key (addf (get $taken $key) (mulf $most $each)) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if .Values.redis.inCluster.enabled -}}
{{- /* Its one pod, and the one that comes before it leaves. */ -}}
{{- $_ := set $taken "pods" (addf $taken.pods 2) -}}
{{- range $kind := list "requests" "limits" -}}
{{- range $resource := list "cpu" "memory" -}}
{{- $key := printf "%s.%s" $kind $resource -}}
{{- $each := include "cartwright.amount" (get (get $.Values.redis.inCluster.resources $kind) $resource) | float64 -}}
{{- $_ := set $taken $key (addf (get $taken $key) (mulf 2 $each)) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- toYaml $taken -}}
{{- end -}}

{{/* Takes root. */}}
{{- define "cartwright.validateResources" -}}
{{- $all := dict "jobs.resources" .Values.jobs.resources "redis.inCluster.resources" .Values.redis.inCluster.resources -}}
{{- range $name := (include "cartwright.running" . | fromYaml).names -}}
{{- $_ := set $all (printf "services.%s.resources" $name) (include "cartwright.settings" (dict "root" $ "component" $name) | fromYaml).resources -}}
{{- end -}}
{{- range $where, $resources := $all -}}
{{- range $resource, $request := $resources.requests -}}
{{- $limit := get $resources.limits $resource -}}
{{- if and $limit (gt (include "cartwright.amount" $request | float64) (include "cartwright.amount" $limit | float64)) -}}
{{- fail (printf "%s asks for %v of %s and may have %v at most: raise the limit, or ask for less." $where $request $resource $limit) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if .Values.resourceQuota.enabled -}}
{{- if not .Values.resourceQuota.hard -}}
{{- fail "resourceQuota.enabled needs resourceQuota.hard, for instance {pods: 60, requests.memory: 12Gi}." -}}
{{- end -}}
{{- range $key, $needed := include "cartwright.taken" . | fromYaml -}}
{{- $hard := get $.Values.resourceQuota.hard $key -}}
{{- if and $hard (gt $needed (include "cartwright.amount" $hard | float64)) -}}
{{- $said := ternary (printf "%.0fMi" (divf $needed 1048576)) (printf "%v" (round $needed 2)) (hasSuffix "memory" $key) -}}
{{- fail (printf "resourceQuota.hard allows %v of %s, and the services need %s when each has all the pods that it may and is being replaced: raise it, or have fewer." $hard $key $said) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

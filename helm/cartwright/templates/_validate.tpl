{{/*
What the schema cannot say: values that are sound one by one and wrong together. Each is refused with a sentence
that says what to change. Takes the root.
*/}}
{{- define "cartwright.validate" -}}
{{- include "cartwright.validateImages" . -}}
{{- include "cartwright.validateServices" . -}}
{{- include "cartwright.validateStores" . -}}
{{- include "cartwright.validateMail" . -}}
{{- include "cartwright.validateSecrets" . -}}
{{- include "cartwright.validateIngress" . -}}
{{- include "cartwright.validateResources" . -}}
{{- include "cartwright.validateApis" . -}}
{{- end -}}

{{- define "cartwright.validateImages" -}}
{{- $images := dict "image" .Values.image "jobs.image" .Values.jobs.image -}}
{{- range $name, $settings := .Values.services -}}
{{- $_ := set $images (printf "services.%s.image" $name) ($settings.image | default dict) -}}
{{- end -}}
{{- range $where, $image := $images -}}
{{- if eq (toString $image.tag) "latest" -}}
{{- fail (printf "%s.tag is latest, which means another image tomorrow: name a version, or a digest." $where) -}}
{{- end -}}
{{- if contains "://" (toString $image.registry) -}}
{{- fail (printf "%s.registry is %s: it is a name, with a port perhaps, and no address for browsers." $where $image.registry) -}}
{{- end -}}
{{- end -}}
{{- if not (contains "{service}" .Values.image.repository) -}}
{{- fail "image.repository must contain {service}: each service has an image of its own." -}}
{{- end -}}
{{- end -}}

{{- define "cartwright.validateServices" -}}
{{- $ofNode := "^(NODE|UV|SSL)_[A-Z_]+$|^TZ$|^(HTTPS?|NO)_PROXY$" -}}
{{- $secret := list "DATABASE_URL" "KAFKA_SASL_PASSWORD" "SERVICE_CLIENT_SECRET" "PROVIDER_WEBHOOK_SECRET" "REDIS_URL" "SMTP_URL" -}}
{{- $read := .Files.Get "files/variables.json" | fromJson -}}
{{- $_ := set $read "all" list -}}
{{- range $name, $_ := .Values.services -}}
{{- $_ := set $read "all" (concat $read.all (get $read $name | default list)) -}}
{{- end -}}
{{- range $name, $settings := merge (dict "all" (dict "env" .Values.env)) .Values.services -}}
{{- range $variable, $_ := $settings.env -}}
{{- if not (regexMatch "^[A-Z][A-Z0-9_]*$" $variable) -}}
{{- fail (printf "%s, in the environment of %s, is no variable: they are in capitals, as config.ts names them." $variable $name) -}}
{{- end -}}
{{- if has $variable $secret -}}
{{- fail (printf "%s is secret and was given in the environment of %s, where everybody reads it: see secrets." $variable $name) -}}
{{- end -}}
{{- if not (or (has $variable (get $read $name | default list)) (regexMatch $ofNode $variable)) -}}
{{- fail (printf "%s, in the environment of %s, is read by nobody there: docs/reference/environment.md lists what is, and the chart decides on ports." $variable $name) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $access := .Files.Get "files/kafka-access.json" | fromJson -}}
{{- range $name := (include "cartwright.running" . | fromYaml).names -}}
{{- $facts := get (include "cartwright.topology" $ | fromYaml) $name -}}
{{- range $callee := ternary list $facts.calls (default false $facts.isOutside) -}}
{{- $url := printf "%s_URL" (upper $callee) -}}
{{- if not (or (eq $callee "payment-provider") (get $.Values.services $callee).enabled (hasKey (get $.Values.services $name).env $url)) -}}
{{- fail (printf "services.%s calls %s, which is not enabled: enable it, or set services.%s.env.%s to where it answers." $name $callee $name $url) -}}
{{- end -}}
{{- end -}}
{{- $scaling := (include "cartwright.settings" (dict "root" $ "component" $name) | fromYaml) -}}
{{- $limits := $scaling.autoscaling -}}
{{- if and $limits.enabled (lt (int $limits.maxReplicas) (int $scaling.replicas)) -}}
{{- fail (printf "services.%s: autoscaling.maxReplicas is %d, which is less than replicas, %d." $name (int $limits.maxReplicas) (int $scaling.replicas)) -}}
{{- end -}}
{{- $consumes := (get $access $name | default dict).consumes -}}
{{- $most := ternary $limits.maxReplicas $scaling.replicas $limits.enabled | int -}}
{{- if and $consumes (gt $most 6) -}}
{{- fail (printf "services.%s: a topic has 6 partitions, so of %d replicas some would have nothing to read: set %s to 6 at most." $name $most (ternary "autoscaling.maxReplicas" "replicas" $limits.enabled)) -}}
{{- end -}}
{{- if and $limits.enabled (ne $limits.by "cpu") (not $consumes) -}}
{{- fail (printf "services.%s: it consumes nothing, so it has no lag to be scaled by: set autoscaling.by to cpu." $name) -}}
{{- end -}}
{{- if and $limits.enabled (eq $limits.by "keda") (not $limits.prometheusUrl) -}}
{{- fail (printf "services.%s: autoscaling by keda reads the outbox's age from Prometheus: set autoscaling.prometheusUrl." $name) -}}
{{- end -}}
{{- end -}}
{{- $provider := get .Values.services "payment-provider" -}}
{{- $url := (get .Values.services "payment").env.PAYMENT_PROVIDER_URL -}}
{{- if and .Values.services.payment.enabled (not $provider.enabled) (not $url) -}}
{{- fail "There is no payment provider: set services.payment.env.PAYMENT_PROVIDER_URL, or services.payment-provider.enabled for the simulated one." -}}
{{- end -}}
{{- end -}}

{{- define "cartwright.validateStores" -}}
{{- if and (not .Values.database.host) (not .Values.database.cloudNativePg.enabled) (eq .Values.secrets.source "generated") -}}
{{- fail "There is no database: set database.host, or database.cloudNativePg.enabled for one in this cluster." -}}
{{- end -}}
{{- if and (not .Values.kafka.brokers) (not .Values.kafka.strimzi.enabled) -}}
{{- fail "There is no Kafka: set kafka.brokers to a list of host:port, or kafka.strimzi.enabled for one in this cluster." -}}
{{- end -}}
{{- if and .Values.kafka.strimzi.enabled (ne .Values.kafka.protocol "SASL_SSL") -}}
{{- fail "kafka.strimzi.enabled makes a Kafka that speaks SASL_SSL only: leave kafka.protocol at that." -}}
{{- end -}}
{{- if .Values.kafka.strimzi.enabled -}}
{{- range $name, $facts := include "cartwright.topology" . | fromYaml -}}
{{- $scope := dict "root" $ "component" $name -}}
{{- $user := include "cartwright.principal" $scope -}}
{{- if and $facts.kafka (or (eq $user (include "cartwright.secretName" $scope)) (not (regexMatch "^[a-z0-9][-.a-z0-9]*$" $user))) -}}
{{- fail (printf "Strimzi keeps a Secret for each of its users, which by kafka.principalPrefix is %s: it has to be a name of its own, in small letters, and not that of the service's Secret." $user) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $redis := .Values.redis -}}
{{- if and $redis.enabled (eq .Values.secrets.source "generated") (not $redis.url) (not $redis.inCluster.enabled) -}}
{{- fail "redis.enabled needs redis.url, for instance redis://:password@redis:6379, or redis.inCluster.enabled for one beside the services." -}}
{{- end -}}
{{- if and $redis.inCluster.enabled (or $redis.url (not $redis.enabled) (ne .Values.secrets.source "generated")) -}}
{{- fail "redis.inCluster.enabled makes a Redis and its password: it wants redis.enabled, secrets.source generated, and no redis.url." -}}
{{- end -}}
{{- end -}}

{{- define "cartwright.validateMail" -}}
{{- $mail := .Values.mail -}}
{{- if and $mail.enabled (not $mail.from) -}}
{{- fail "mail.enabled needs mail.from, for instance Shop <orders@shop.example>: mails have to be from somebody." -}}
{{- end -}}
{{- if and $mail.enabled (eq .Values.secrets.source "generated") (not $mail.url) -}}
{{- fail "mail.enabled needs mail.url, for instance smtp://user:password@mail.example:587, or secrets.source existing and SMTP_URL in notification's Secret." -}}
{{- end -}}
{{- if and $mail.url (ne .Values.secrets.source "generated") -}}
{{- fail "mail.url is for secrets.source generated: keep it as SMTP_URL in notification's Secret, where the others are." -}}
{{- end -}}
{{- $usual := ternary "465" (ternary "587" "25" (contains "@" $mail.url)) (hasPrefix "smtps:" $mail.url) -}}
{{- $port := regexFind ":[0-9]+/?$" $mail.url | trimPrefix ":" | trimSuffix "/" | default $usual -}}
{{- if and $mail.url (ne $port (toString $mail.port)) -}}
{{- fail (printf "mail.url means port %s and mail.port is %v: the network policy lets out to mail.port, set it to the same." $port $mail.port) -}}
{{- end -}}
{{- end -}}

{{- define "cartwright.validateSecrets" -}}
{{- if eq .Values.secrets.source "generated" -}}
{{- if and (not .Values.database.admin.password) (not .Values.database.cloudNativePg.enabled) (or .Values.jobs.migrations.enabled .Values.demoShop.enabled) -}}
{{- fail "The migrations need an administrator of the database: set database.admin.password, or keep it in a Secret with secrets.source existing." -}}
{{- end -}}
{{- if and (hasPrefix "SASL" .Values.kafka.protocol) (not .Values.kafka.strimzi.enabled) -}}
{{- if and .Values.jobs.topics.enabled (not .Values.kafka.admin.password) -}}
{{- fail "The topics are created by an administrator of Kafka: set kafka.admin.password, or keep it in a Secret with secrets.source existing." -}}
{{- end -}}
{{- range $name, $facts := include "cartwright.topology" . | fromYaml -}}
{{- if and $facts.kafka (not (get $.Values.secrets.values (printf "kafka.%s" $name))) -}}
{{- fail (printf "Nobody would tell Kafka a generated password: give each principal's in secrets.values (\"kafka.%s\" is missing), or keep them in Secrets with secrets.source existing." $name) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if and (eq .Values.secrets.source "existing") (not (contains "{service}" .Values.secrets.existing.name)) -}}
{{- fail "secrets.existing.name must contain {service}: each service has a Secret of its own." -}}
{{- end -}}
{{- if and (eq .Values.secrets.source "external") (not .Values.secrets.external.storeRef.name) -}}
{{- fail "secrets.source external needs secrets.external.storeRef.name, the store that the operator fetches from." -}}
{{- end -}}
{{- end -}}

{{/* Takes root: ways in that lead nowhere. */}}
{{- define "cartwright.validateIngress" -}}
{{- if and .Values.ingress.enabled (not .Values.ingress.host) -}}
{{- fail "ingress.enabled needs ingress.host, the name that the shop is reached by." -}}
{{- end -}}
{{- if and .Values.gatewayApi.enabled (not (and .Values.gatewayApi.parentRefs .Values.gatewayApi.hostnames)) -}}
{{- fail "gatewayApi.enabled needs gatewayApi.parentRefs, the Gateways that lead here, and gatewayApi.hostnames." -}}
{{- end -}}
{{- end -}}

{{/* Takes root: kinds that are asked for must be served by the cluster. */}}
{{- define "cartwright.validateApis" -}}
{{- $isScaledByKeda := false -}}
{{- range $name := (include "cartwright.running" . | fromYaml).names -}}
{{- $scaling := (include "cartwright.settings" (dict "root" $ "component" $name) | fromYaml).autoscaling -}}
{{- if and $scaling.enabled (eq $scaling.by "keda") -}}{{- $isScaledByKeda = true -}}{{- end -}}
{{- end -}}
{{- $wanted := list
      (list $isScaledByKeda "keda.sh/v1alpha1" "autoscaling by keda" "KEDA")
      (list .Values.gatewayApi.enabled "gateway.networking.k8s.io/v1" "gatewayApi.enabled" "the Gateway API")
      (list .Values.database.cloudNativePg.enabled "postgresql.cnpg.io/v1" "database.cloudNativePg.enabled" "CloudNativePG")
      (list .Values.kafka.strimzi.enabled "kafka.strimzi.io/v1" "kafka.strimzi.enabled" "Strimzi")
      (list (eq .Values.secrets.source "external") "external-secrets.io/v1" "secrets.source external" "the External Secrets Operator")
      (list (and .Values.ingress.enabled .Values.ingress.tls.issuer) "cert-manager.io/v1" "ingress.tls.issuer" "cert-manager") -}}
{{- range $wanted -}}
{{- if and (index . 0) (not ($.Capabilities.APIVersions.Has (index . 1))) -}}
{{- fail (printf "%s needs %s in this cluster, which does not serve %s. (With helm template: --api-versions %s.)" (index . 2) (index . 3) (index . 1) (index . 1)) -}}
{{- end -}}
{{- end -}}
{{- end -}}

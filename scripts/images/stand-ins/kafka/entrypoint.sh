#!/bin/bash
# KAFKA_SOME_NAME becomes some.name in server.properties; the storage is formatted on the first start.
set -eu
properties=/opt/kafka/config/server.properties
env | grep '^KAFKA_' | grep -v '^KAFKA_HEAP_OPTS=' | while IFS='=' read -r name value; do
  name=${name#KAFKA_} && name=${name,,} && echo "${name//_/.}=$value"
done > "$properties"

# shellcheck disable=SC2206 # several options in one variable
java=(java ${KAFKA_HEAP_OPTS:-} -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Dlog4j2.configurationFile=/opt/kafka/log4j2.properties -cp '/opt/kafka/libs/*')
[ -f "$KAFKA_LOG_DIRS/meta.properties" ] ||
  "${java[@]}" kafka.tools.StorageTool format --cluster-id "${CLUSTER_ID:-5L6g3nShT-eMCtK--X86sw}" --config "$properties"
exec "${java[@]}" kafka.Kafka "$properties"

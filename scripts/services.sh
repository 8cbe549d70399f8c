#!/usr/bin/env bash
# Starts the servers that Posad can use, for development and for tests: RabbitMQ, Redis, Kafka and an S3 server (MinIO).
#
#   scripts/services.sh up [NAME…]      installs what is missing, starts what does not run, prints the variables
#   scripts/services.sh env             prints the variables of the servers that run: eval "$(scripts/services.sh env)"
#   scripts/services.sh status          says which servers run, and where
#   scripts/services.sh down [NAME…]    ends what `up` started, and deletes its data
#
# NAME is rabbitmq, redis, kafka or minio; without a name the command means all of them. The servers listen on loopback. RABBITMQ_PORT,
# REDIS_PORT, KAFKA_PORT and S3_PORT choose ports; otherwise they are free ones. A server that died starts again at its port
# with its data. Everything is in .posad/services; downloads are in .posad/cache. SERVICES_DIRECTORY names another directory
# for the servers, so that several sets can run at once.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly all='redis rabbitmq kafka minio'
readonly kafka_version=4.1.1
readonly minio_version=v0.0.0-20260212201848-7aac2a2c5b7c
readonly cache="$PWD/.posad/cache"
readonly kafka_jars="$cache/kafka-$kafka_version"
readonly minio_binary="$cache/minio-$minio_version/minio"
readonly start_limit="${SERVICES_START_LIMIT:-90}" # seconds
state="${SERVICES_DIRECTORY:-$PWD/.posad/services}"

say() { echo "services: $*" >&2; }
fail() { say "$*"; exit 1; }
has() { command -v "$1" > /dev/null 2>&1; }

# ---- ports and processes ------------------------------------------------------------------------------------------------

is_taken() { (exec 3<> "/dev/tcp/127.0.0.1/$1") 2> /dev/null; }

# Below the range from which the system takes ports of outgoing connections.
free_port() {
  local port
  for _ in {1..100}; do
    port=$((20000 + RANDOM % 12000))
    if ! is_taken "$port" && ! grep -qsx "$port" "$state"/*/*port; then
      echo "$port"
      return
    fi
  done
  fail 'found no free port between 20000 and 32000'
}

# The port of a server, the same at every start. The second argument is the port that the environment gives.
port_of() {
  local file="$state/$1/${3:-port}" port=${2:-}
  if [ ! -e "$file" ]; then
    if [ -z "$port" ]; then
      port=$(free_port)
    elif is_taken "$port"; then
      fail "port $port for $1 is taken by another program"
    fi
    echo "$port" > "$file"
  fi
  cat "$file"
}

# The start time tells a process from a later one with the same number.
started_at() { LC_ALL=C ps -o lstart= -p "$1" 2> /dev/null || true; }

runs() {
  local file="$state/$1/process" pid since
  [ -e "$file" ] || return 1
  { read -r pid; read -r since; } < "$file"
  [ -n "$since" ] && [ "$(started_at "$pid")" = "$since" ]
}

# Runs a command in a process group of its own, so that `down` reaches its children, and a closed terminal does not end it.
start() {
  local name=$1 pid
  shift
  set -m
  nohup "$@" > "$state/$name/log" 2>&1 < /dev/null 9>&- &
  pid=$!
  set +m
  printf '%s\n%s\n' "$pid" "$(started_at "$pid")" > "$state/$name/process"
}

wait_for() {
  local name=$1 port until=$((SECONDS + start_limit))
  port=$(cat "$state/$name/port")
  until is_taken "$port"; do
    if ! runs "$name" || [ $SECONDS -ge $until ]; then
      tail -n 15 "$state/$name/log" >&2
      fail "$name did not start within $start_limit s; its last lines are above, all of them are in $state/$name/log"
    fi
    sleep 0.1
  done
  say "$name listens on 127.0.0.1:$port"
}

# ---- installation -------------------------------------------------------------------------------------------------------

# Debian starts a server after its installation. The policy keeps it off: this script starts its own.
install_packages() {
  local sudo='' policy=/usr/sbin/policy-rc.d policy_is_ours=''
  has apt-get || fail "$1 needs $2, and this system has no apt-get: install $2 and try again"
  if [ "$(id -u)" != 0 ]; then
    if has sudo && sudo -n true 2> /dev/null; then sudo='sudo -n'; else fail "$1 needs $2: sudo apt-get install $2"; fi
  fi
  say "installing $2 …"
  if [ ! -e $policy ]; then
    printf '#!/bin/sh\nexit 101\n' | $sudo tee $policy > /dev/null && $sudo chmod 755 $policy && policy_is_ours=yes
  fi
  mkdir -p "$cache"
  # shellcheck disable=SC2086 -- the second argument is a list of packages
  if ! { $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $2 \
    || { $sudo apt-get update && $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $2; }; } \
    > "$cache/apt.log" 2>&1; then
    [ -z "$policy_is_ours" ] || $sudo rm -f $policy
    tail -n 5 "$cache/apt.log" >&2
    fail "apt-get could not install $2; its last lines are above"
  fi
  [ -z "$policy_is_ours" ] || $sudo rm -f $policy
}

install_redis() { has redis-server || install_packages redis redis-server; }

# Debian's own script runs as root or rabbitmq only; the script behind it runs as any user.
rabbitmq_script() {
  if [ -x /usr/lib/rabbitmq/bin/rabbitmq-server ]; then echo /usr/lib/rabbitmq/bin/rabbitmq-server; else command -v rabbitmq-server; fi
}
install_rabbitmq() { rabbitmq_script > /dev/null || install_packages rabbitmq rabbitmq-server; }

install_kafka() {
  [ ! -e "$kafka_jars/done" ] || return 0
  has java || install_packages kafka default-jre-headless
  has mvn || install_packages kafka maven
  say "downloading Kafka $kafka_version …"
  mkdir -p "$kafka_jars"
  cat > "$kafka_jars/pom.xml" << POM
<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>posad</groupId><artifactId>kafka</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies><dependency>
    <groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>$kafka_version</version>
  </dependency></dependencies>
</project>
POM
  mvn --batch-mode --quiet --file "$kafka_jars/pom.xml" dependency:copy-dependencies "-DoutputDirectory=$kafka_jars/jars" \
    > "$kafka_jars/log" 2>&1 || { tail -n 5 "$kafka_jars/log" >&2; fail 'Maven could not download Kafka; its last lines are above'; }
  touch "$kafka_jars/done"
}

install_minio() {
  [ ! -x "$minio_binary" ] || return 0
  has go || fail 'minio needs Go 1.24 or newer to build it: install Go, or start the others by their names'
  say 'building MinIO (once, one or two minutes) …'
  mkdir -p "$cache/minio-$minio_version"
  GOBIN="$(dirname "$minio_binary")" nice -n 10 go install "github.com/minio/minio@$minio_version" > "$cache/minio.log" 2>&1 \
    || { tail -n 5 "$cache/minio.log" >&2; fail 'Go could not build MinIO; its last lines are above'; }
}

# ---- servers ------------------------------------------------------------------------------------------------------------

start_redis() {
  local port
  port=$(port_of redis "${REDIS_PORT:-}")
  start redis redis-server --port "$port" --bind 127.0.0.1 --save '' --appendonly no --dir "$state/redis"
}

# A process epmd of its own, because `down` would otherwise leave one behind or end that of another node. The schedulers of
# Erlang do not spin here: they share the cores with the tests.
rabbitmq_environment() {
  local directory="$state/rabbitmq"
  export HOME="$directory" RABBITMQ_NODENAME=posad@localhost RABBITMQ_NODE_IP_ADDRESS=127.0.0.1
  RABBITMQ_NODE_PORT=$(port_of rabbitmq "${RABBITMQ_PORT:-}")
  RABBITMQ_DIST_PORT=$(port_of rabbitmq '' distribution-port)
  ERL_EPMD_PORT=$(port_of rabbitmq '' epmd-port)
  export RABBITMQ_NODE_PORT RABBITMQ_DIST_PORT ERL_EPMD_PORT ERL_EPMD_ADDRESS=127.0.0.1
  export RABBITMQ_CONF_ENV_FILE=/dev/null RABBITMQ_CONFIG_FILE="$directory/rabbitmq"
  export RABBITMQ_MNESIA_BASE="$directory/data" RABBITMQ_LOG_BASE="$directory/logs" RABBITMQ_LOGS=-
  export RABBITMQ_FEATURE_FLAGS_FILE="$directory/feature-flags" RABBITMQ_ENABLED_PLUGINS_FILE="$directory/plugins"
  export RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS='+sbwt none +sbwtdcpu none +sbwtdio none'
}

start_rabbitmq() {
  echo '[].' > "$state/rabbitmq/plugins"
  printf 'loopback_users.guest = true\nlog.console.level = warning\n' > "$state/rabbitmq/rabbitmq.conf"
  (rabbitmq_environment && start rabbitmq "$(rabbitmq_script)")
}

# epmd ends when it has noticed that its node is gone.
stop_epmd() {
  [ -e "$state/rabbitmq/epmd-port" ] || return 0
  local port
  port=$(cat "$state/rabbitmq/epmd-port")
  for _ in {1..50}; do
    is_taken "$port" || return 0
    ERL_EPMD_PORT=$port ERL_EPMD_ADDRESS=127.0.0.1 epmd -kill > /dev/null 2>&1 || true
    sleep 0.1
  done
}

# KAFKA_PROXIED_PORTS="21001:31001 …" opens more listeners, each at the first port and named to its clients by the second one:
# a proxy in front of the broker would otherwise see their first connection only.
start_kafka() {
  local directory="$state/kafka" port controller pair name listeners='' advertised='' protocols=''
  port=$(port_of kafka "${KAFKA_PORT:-}")
  controller=$(port_of kafka '' controller-port)
  for pair in ${KAFKA_PROXIED_PORTS:-}; do
    name="PROXIED${pair%:*}"
    listeners="$listeners,$name://127.0.0.1:${pair%:*}"
    advertised="$advertised,$name://127.0.0.1:${pair#*:}"
    protocols="$protocols,$name:PLAINTEXT"
  done
  cat > "$directory/server.properties" << PROPERTIES
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:$controller
listeners=PLAINTEXT://127.0.0.1:$port,CONTROLLER://127.0.0.1:$controller$listeners
advertised.listeners=PLAINTEXT://127.0.0.1:$port$advertised
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT$protocols
controller.listener.names=CONTROLLER
log.dirs=$directory/data
auto.create.topics.enable=false
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
PROPERTIES
  if [ ! -e "$directory/data/meta.properties" ]; then
    java -cp "$kafka_jars/jars/*" kafka.tools.StorageTool format -t posad-test-cluster-00 -c "$directory/server.properties" \
      > "$directory/format.log" 2>&1 || { tail -n 5 "$directory/format.log" >&2; fail 'Kafka could not format its directory'; }
  fi
  start kafka java -Xmx512m -XX:+UseSerialGC -cp "$kafka_jars/jars/*" kafka.Kafka "$directory/server.properties"
}

# A directory in the data is a bucket.
start_minio() {
  local port
  port=$(port_of minio "${S3_PORT:-}")
  mkdir -p "$state/minio/data/posad"
  MINIO_ROOT_USER=posad MINIO_ROOT_PASSWORD=posad-secret MINIO_UPDATE=off HOME="$state/minio" \
    start minio "$minio_binary" server "$state/minio/data" --address "127.0.0.1:$port" --console-address "127.0.0.1:$(port_of minio '' console-port)"
}

variables_of() {
  local port
  port=$(cat "$state/$1/port")
  case $1 in
    redis) echo "export REDIS_URL=redis://127.0.0.1:$port" ;;
    rabbitmq) echo "export RABBITMQ_URL=amqp://guest:guest@127.0.0.1:$port" ;;
    kafka) echo "export KAFKA_BOOTSTRAP_SERVERS=127.0.0.1:$port" ;;
    minio) printf 'export %s\n' "S3_ENDPOINT=http://127.0.0.1:$port" S3_BUCKET=posad S3_ACCESS_KEY=posad S3_SECRET_KEY=posad-secret ;;
  esac
}

# ---- commands -----------------------------------------------------------------------------------------------------------

# One command at a time holds the lock of a directory, where the system has flock.
lock() {
  mkdir -p "$1"
  exec 9> "$1/lock"
  ! has flock || flock 9
}

up() {
  local name started=''
  for name in "$@"; do
    if ! runs "$name"; then
      mkdir -p "$state/$name"
      "start_$name"
      started="$started $name"
    fi
  done
  for name in $started; do wait_for "$name"; done
}

print_variables() {
  local name
  for name in $all; do if runs "$name"; then variables_of "$name"; fi; done
}

print_status() {
  local name
  for name in $all; do
    if runs "$name"; then echo "$name runs on 127.0.0.1:$(cat "$state/$name/port")"; else echo "$name does not run"; fi
  done
}

down() {
  local name pid
  for name in "$@"; do
    [ -d "$state/$name" ] || continue
    if runs "$name"; then
      read -r pid < "$state/$name/process"
      # Its data is deleted, so nothing is gained by an orderly end.
      kill -KILL -- "-$pid" 2> /dev/null || kill -KILL "$pid" 2> /dev/null || true
      while runs "$name"; do sleep 0.05; done
      say "$name has ended"
    fi
    [ "$name" != rabbitmq ] || stop_epmd
    rm -rf "${state:?}/$name"
  done
}

command=${1:-}
[ $# -eq 0 ] || shift
for name in "$@"; do case " $all " in *" $name "*) ;; *) fail "$name is not a server: choose from $all" ;; esac; done
# shellcheck disable=SC2086 -- `all` is a list
[ $# -gt 0 ] || set -- $all
case $command in
  up)
    lock "$cache"
    for name in "$@"; do "install_$name"; done
    lock "$state"
    up "$@"
    print_variables
    ;;
  env) print_variables ;;
  status) print_status ;;
  down)
    lock "$state"
    down "$@"
    ;;
  *) fail 'up [NAME…], env, status or down [NAME…]; the beginning of the script explains them' ;;
esac

#!/usr/bin/env bash
# Usage: slurm_up.sh DIR [NODES] [PID]
#
# Starts a Slurm of its own on loopback: munged, slurmctld and a slurmd for each of NODES (2) virtual
# nodes of two processors. No systemd, no cgroups, nothing outside DIR. The last line of what it prints
# is the setting of SLURM_CONF that sbatch and its like need; slurm_down.sh DIR ends what it started,
# and so does the end of the process PID, however that comes.
# Exit code 3 where Slurm is not installed or cannot run here, with a line that says why.
set -euo pipefail
dir=$(mkdir -p "${1:?directory}" && cd "$1" && pwd)
nodes=${2:-2}
here=$(cd "$(dirname "$0")" && pwd)
PATH=$PATH:/usr/sbin:/sbin

for program in munged mungekey slurmctld slurmd sbatch squeue; do
  command -v "$program" >/dev/null || { echo "Slurm is not installed: no $program" >&2; exit 3; }
done
[[ $(id -u) == 0 ]] || { echo "slurmd starts jobs as root only" >&2; exit 3; }

mkdir -p "$dir"/{munge,state,log}
chmod 755 "$dir" "$dir/munge"

# Ports of this run alone: several may be under way on one machine.
is_free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
base=$((20000 + ($$ * 16) % 20000))
while ! is_free "$base" || ! is_free $((base + 1)) || ! is_free $((base + nodes)); do
  base=$((base + 16))
done

[[ -f $dir/munge/key ]] || mungekey --create --keyfile="$dir/munge/key"
munged --key-file="$dir/munge/key" --socket="$dir/munge/socket" --pid-file="$dir/munge/pid" \
  --log-file="$dir/munge/log" --seed-file="$dir/munge/seed" --num-threads=2

host=$(hostname -s)
memory=$(awk '/MemTotal/ { print int($2 / 1024 * 0.9) }' /proc/meminfo)
{
  cat <<CONF
ClusterName=loopback
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$dir/munge/socket,cred_expire=3
CredType=cred/munge
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
SlurmctldPort=$base
StateSaveLocation=$dir/state
SlurmdSpoolDir=$dir/spool-%n
SlurmctldPidFile=$dir/slurmctld.pid
SlurmdPidFile=$dir/slurmd-%n.pid
SlurmctldLogFile=$dir/log/slurmctld.log
SlurmdLogFile=$dir/log/slurmd-%n.log
SlurmdParameters=config_overrides
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerType=sched/backfill
SchedulerParameters=sched_interval=1,bf_interval=1,batch_sched_delay=0
ReturnToService=2
JobRequeue=1
MinJobAge=3600
MaxArraySize=1001
KillWait=2
SlurmdTimeout=10
MailProg=/bin/true
CONF
  for ((i = 1; i <= nodes; i++)); do
    mkdir -p "$dir/spool-n$i"
    echo "NodeName=n$i NodeHostname=$host NodeAddr=127.0.0.1 Port=$((base + i)) CPUs=2" \
      "RealMemory=$memory State=UNKNOWN"
  done
  echo "PartitionName=debug Nodes=ALL Default=YES MaxTime=INFINITE State=UP OverSubscribe=NO"
} >"$dir/slurm.conf"
export SLURM_CONF=$dir/slurm.conf

fail() {
  echo "$1" >&2
  tail -n 5 "$dir"/log/*.log >&2 || true
  "$here/slurm_down.sh" "$dir"
  exit 3
}
slurmctld -c || fail "slurmctld does not start"
for ((i = 1; i <= nodes; i++)); do
  slurmd -N "n$i" || fail "slurmd does not start"
done
# Ten seconds: a start takes about one.
for ((try = 0; try < 100; try++)); do
  idle=$(timeout 5 sinfo -h -N -o %t 2>/dev/null | grep -cx idle || true)
  [[ $idle == "$nodes" ]] && break
  sleep 0.1
done
[[ $idle == "$nodes" ]] || fail "the nodes do not come up"
if [[ -n ${3:-} ]]; then
  setsid bash -c 'while kill -0 "$1" 2>/dev/null && [[ -d $3 ]]; do sleep 1; done; exec "$2" "$3"' \
    - "$3" "$here/slurm_down.sh" "$dir" </dev/null >/dev/null 2>&1 &
fi
echo "SLURM_CONF=$SLURM_CONF"

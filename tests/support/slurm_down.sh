#!/usr/bin/env bash
# Usage: slurm_down.sh DIR
#
# Ends the Slurm that slurm_up.sh started in DIR: its jobs, then its daemons by the numbers that these
# left in DIR. DIR stays. Does nothing where nothing runs.
set -uo pipefail
dir=$(cd "${1:?directory}" && pwd) || exit 1

# A daemon is one of ours while its number belongs to a program of that name.
is_ours() { [[ $(cat "/proc/$1/comm" 2>/dev/null) == "$2"* ]]; }

if [[ -f $dir/slurmctld.pid ]]; then
  export SLURM_CONF=$dir/slurm.conf
  timeout 5 scancel --state=PENDING --user="$(id -un)" 2>/dev/null
  timeout 5 scancel --user="$(id -un)" 2>/dev/null
  for ((try = 0; try < 30; try++)); do
    [[ -z $(timeout 5 squeue -h -t RUNNING,COMPLETING 2>/dev/null) ]] && break
    sleep 0.1
  done
fi

# Numbers of the daemons that run.
running() {
  local file name pid
  for file in "$dir"/slurmd-*.pid "$dir/slurmctld.pid" "$dir/munge/pid"; do
    [[ -f $file ]] || continue
    case $file in */slurmd-*) name=slurmd ;; */slurmctld.pid) name=slurmctld ;; *) name=munged ;; esac
    pid=$(cat "$file" 2>/dev/null) || continue
    if is_ours "$pid" "$name"; then echo "$pid"; fi
  done
}

pids=$(running)
[[ -z $pids ]] && exit 0
kill $pids 2>/dev/null
for ((try = 0; try < 20; try++)); do
  [[ -z $(running) ]] && exit 0
  sleep 0.1
done
pids=$(running)
[[ -z $pids ]] || kill -9 $pids 2>/dev/null
exit 0

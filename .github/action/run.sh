#!/usr/bin/env bash
# The step of action.yml: builds wacheck from the checked-out action, runs it, and hands on what came of it. What is not set is
# not passed, so that the configuration file and WACHECK_* of the workflow keep their say.
set -uo pipefail

tool=${WACHECK_BINARY:-}
if [ -z "$tool" ]; then
	tool=${RUNNER_TEMP:-/tmp}/wacheck
	(cd "$GITHUB_ACTION_PATH" && GOFLAGS=-mod=readonly go build -trimpath -o "$tool" ./cmd/wacheck) || {
		echo "::error title=wacheck::wacheck could not be built; the step before it should install Go (actions/setup-go)"
		exit 2
	}
fi

args=()
# option NAME VALUE adds an option if it has a value.
option() { [ -z "$2" ] || args+=("--$1=$2"); }
option config "$INPUT_CONFIG"
option profile "$INPUT_PROFILE"
option severity "$INPUT_SEVERITY"
option fail-on "$INPUT_FAIL_ON"
option soft-fail "$INPUT_SOFT_FAIL"
option baseline "$INPUT_BASELINE"
option diff-base "$INPUT_DIFF_BASE"
option category "$INPUT_CATEGORY"
while IFS= read -r line; do option var-file "$line"; done <<<"$INPUT_VAR_FILE"
while IFS= read -r line; do [ -z "$line" ] || args+=("$line"); done <<<"$INPUT_ARGS"
paths=()
while IFS= read -r line; do [ -z "$line" ] || paths+=("$line"); done <<<"$INPUT_PATH"

work=${RUNNER_TEMP:-/tmp}
sarif=${INPUT_SARIF_FILE:-wacheck.sarif}
summary=$work/wacheck-summary.md
json=$work/wacheck.json
rm -f "$summary" "$json" "$sarif"

"$tool" scan --format github "${args[@]}" --output "sarif=$sarif" --output "markdown=$summary" --output "json=$json" -- "${paths[@]}"
code=$?

# An analysis that failed must not look like one that found nothing: code scanning would close every alert.
if [ "$code" -ge 2 ]; then
	rm -f "$sarif"
	sarif=
fi
count() { [ -s "$json" ] && sed -n "s/^ *\"$1\": \([0-9]*\),\{0,1\}$/\1/p" "$json" | head -n 1; }
{
	echo "exit-code=$code"
	echo "findings=$(count findings)"
	echo "new-findings=$(count new)"
	echo "sarif-file=$sarif"
	echo "summary-file=$summary"
} >>"${GITHUB_OUTPUT:-/dev/null}"
[ ! -s "$summary" ] || cat "$summary" >>"${GITHUB_STEP_SUMMARY:-/dev/null}"

# Nothing to analyse is no failure of a pull request that has no infrastructure code.
[ "$code" -ne 3 ] || exit 0
exit "$code"

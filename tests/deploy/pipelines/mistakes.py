"""Mistakes that a rule has to find: what is replaced by what, in the Jenkinsfile of which job."""

from __future__ import annotations

Mistake = tuple[str, str, str]

_BINDING = """\
withCredentials([usernamePassword(
                    credentialsId: params.REGISTRY_CREDENTIALS,
                    usernameVariable: 'REGISTRY_USER', passwordVariable: 'REGISTRY_PASSWORD'
                )]) {
"""
_PUSH = "                    sh 'make push NAMES=backend'\n                }\n"
_FROM_MAIN = (
    "            when { expression { readFile('var/ci/release/branch').trim() == 'main' } }\n"
)
_LIMIT = "            options { timeout(time: 10, unit: 'MINUTES') }\n"
_NAME = "stage('Smoke Test') {"

MISTAKES: dict[str, list[Mistake]] = {
    "has_the_form": [
        ("model", "sh 'make setup'", "def x = 1\n                sh 'make setup'"),
        ("model", "sh 'make setup'", "if (true) { sh 'make setup' }"),
        ("model", "sh 'make setup'", "shell 'make setup'"),
        ("backend", "    stages {\n", "    stages {\n        sh 'make setup'\n"),
        ("backend", "pipeline {", "def registry = 'docker.io'\npipeline {"),
    ],
    "has_its_stages": [
        ("model", "stage('Unit Testing')", "stage('Tests')"),
        ("model", "stage('Preprocess Data')", "stage('Train and Backtest')"),
        ("final-project", _NAME, "stage('Smoke')" + " {"),
        ("backend", _FROM_MAIN, "            when { expression { false } }\n"),
    ],
    "is_chained": [
        ("model", "githubPush()", "cron('@daily')"),
        ("backend", "hudson.model.Result.SUCCESS", "hudson.model.Result.UNSTABLE"),
        ("frontend", "upstreamProjects: 'backend'", "upstreamProjects: 'model'"),
        ("final-project", "upstreamProjects: 'frontend'", "upstreamProjects: 'frontend,model'"),
        ("final-project", "    triggers {\n", "    triggers {\n        githubPush()\n"),
    ],
    "is_about_one_commit": [
        ("backend", "readFile('var/ci/release/commit').trim()", "'main'"),
        ("backend", "copyArtifactPermission('frontend')", "copyArtifactPermission('*')"),
        ("frontend", ", upstreamFilterStrategy: 'UseNewest'", ""),
        ("frontend", "projectName: 'backend'", "projectName: 'model'"),
        ("final-project", "                sh 'make release'\n", ""),
        ("model", "[[name: params.BRANCH]]", "[[name: 'develop']]"),
    ],
    "binds_credentials_narrowly": [
        ("backend", _BINDING + _PUSH, "sh 'make push NAMES=backend'\n"),
        (
            "backend",
            _PUSH,
            _PUSH.replace(
                "                }\n", "sh 'make sbom NAMES=backend'\n                }\n"
            ),
        ),
        ("backend", "sh 'make release'", "sh 'make release USER=\"$REGISTRY_USER\"'"),
        ("final-project", "sh 'make smoke'", "sh 'make smoke X=\"$SITE_FILE\"'"),
        (
            "final-project",
            "    environment {\n",
            "    environment {\n        A = credentials('a')\n",
        ),
    ],
    "tells_no_secret": [
        ("backend", "sh 'make push NAMES=backend'", 'sh "make push P=${REGISTRY_PASSWORD}"'),
        ("backend", "sh 'make push NAMES=backend'", 'sh "make push P=${env.REGISTRY_PASSWORD}"'),
        ("backend", "sh 'make push NAMES=backend'", 'echo "It is ${env.REGISTRY_PASSWORD}"'),
        ("backend", "sh 'make push NAMES=backend'", "sh 'docker login -p \"$REGISTRY_PASSWORD\"'"),
        ("model", "sh 'make preprocess'", 'sh "make preprocess DATASET=${params.DATASET}"'),
        (
            "final-project",
            'INVENTORY="$INVENTORY"\'\n                }\n',
            "INVENTORY=$INVENTORY'\n                }\n",
        ),
        ("final-project", "sh 'make smoke'", "sh 'set -x; make smoke'"),
    ],
    "pushes_main_alone": [
        ("model", _FROM_MAIN, ""),
        ("frontend", "== 'main'", "!= ''"),
        ("final-project", _FROM_MAIN, ""),
        ("backend", "== 'main'", "== 'master'"),
    ],
    "stops_at_a_failure": [
        ("model", "sh 'make selftest'", "sh(script: 'make selftest', returnStatus: true)"),
        (
            "model",
            "        cleanup {\n",
            "        failure {\n            sh 'make push'\n        }\n        cleanup {\n",
        ),
    ],
    "goes_back": [
        ("final-project", "        unsuccessful {\n", "        success {\n"),
        ("final-project", "        unsuccessful {\n", "        failure {\n"),
        ("final-project", "if (fileExists('var/ci/before.json'))", "if (true)"),
        ("final-project", "sh 'make rollback INVENTORY=\"$INVENTORY\"'", "echo 'Go back by hand.'"),
        ("final-project", _NAME, _NAME + " post { failure { sh 'make rollback' } }\n"),
    ],
    "ends_in_time": [
        ("final-project", _LIMIT, ""),
        ("final-project", _LIMIT, _LIMIT.replace("MINUTES", "DAYS")),
        (
            "final-project",
            "timestamps()",
            "timestamps()\n        timeout(time: 60, unit: 'MINUTES')",
        ),
        ("model", "timeout(time: 300,", "timeout(time: 3000,"),
        ("final-project", "timeout(time: 60, unit: 'MINUTES') {", "script {"),
    ],
    "runs_alone": [
        (job, option, "timestamps()")
        for job in ("model", "final-project")
        for option in ("disableConcurrentBuilds()", "skipDefaultCheckout()")
    ],
    "leaves_nothing": [
        ("backend", "            steps {\n                cleanWs()\n", "            steps {\n"),
        (
            "final-project",
            "allowEmptyArchive: true\n            )\n            cleanWs()\n",
            "allowEmptyArchive: true\n            )\n",
        ),
        ("frontend", "        cleanup {\n", "        success {\n"),
    ],
    "keeps_what_was_made": [
        ("model", "var/ci/agent/**, ", ""),
        ("model", "var/ci/evaluation/*, ", ""),
        ("backend", ", var/ci/sbom/*", ""),
        ("backend", "        always {\n", "        success {\n"),
        ("frontend", "make test-frontend REPORTS=1", "make test-frontend"),
        ("frontend", "                sh 'make sbom NAMES=frontend'\n", ""),
        ("frontend", ' TAG="$(git rev-parse --short=12 HEAD)"', " TAG=latest"),
        ("frontend", "make push NAMES=frontend", "make push NAMES=backend"),
        ("final-project", "var/ci/images.yml, ", ""),
    ],
    "takes_parameters": [
        ("model", "defaultValue: 'DockerSid'", "defaultValue: 'docker'"),
        ("model", "name: 'DATASET'", "name: 'DATA'"),
        (
            "model",
            "choice(name: 'SELFTEST', choices: ['whole', 'quick']",
            "string(name: 'SELFTEST', defaultValue: 'whole'",
        ),
        (
            "final-project",
            "choice(name: 'INVENTORY', choices: ['production', 'local']",
            "string(name: 'INVENTORY', defaultValue: 'production'",
        ),
        ("final-project", "choices: ['production', 'local']", "choices: ['production', 'none']"),
        ("backend", "env.BELLWETHER_REGISTRY ?: 'docker.io'", "'docker.io'"),
        (
            "final-project",
            "url: params.REPOSITORY",
            "url: 'https://github.com/bellwether/bellwether.git'",
        ),
    ],
    "runs_what_a_laptop_runs": [
        ("model", "sh 'make train'", "sh 'make training'"),
        ("model", "sh 'make selftest'", "sh 'make selftest || true'"),
        ("model", "sh 'make train'", "sh '.venv/bin/bellwether train'"),
        ("final-project", "make rollback", "make roll-back"),
    ],
}

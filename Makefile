# Everything a laptop and CI do with this repository is a target here; `make help` lists them.
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup up test test-model test-backend test-together test-frontend test-e2e test-faults
.PHONY: check validate images test-images deploy vault bench clean
.PHONY: monitoring grafana grafana-password prometheus loki
.PHONY: release preprocess selftest train backtest sbom push deploy-release rollback smoke test-pipelines

VENV := .venv/bin

# As many processes as there are cores; files stay whole, so that what a file shares is made once.
SIDE_BY_SIDE := --numprocesses auto --dist loadfile

# What a pipeline keeps of a build. REPORTS=1 has tests leave JUnit and coverage there as well, which
# takes time, so that it is off by default.
RESULTS := var/ci
measured = $(if $(REPORTS),--junitxml=$(RESULTS)/junit/$(1).xml $(if $(2),--cov=$(2) --cov-report=xml:$(RESULTS)/coverage/$(1).xml))

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@printf '\n  Ports: MODEL_PORT=4000 BACKEND_PORT=3000 FRONTEND_PORT=5173 (see docs/operations.md)\n'

setup: ## Virtual environment, pinned packages, built page; leaves .venv/bin/bellwether
	@python=$$(sh scripts/find_python.sh) && "$$python" scripts/set_up.py

up: setup ## Start everything on 127.0.0.1 and stay until Ctrl-C
	@exec $(VENV)/python -m scripts.stack --tied

test: setup ## All tests: Python, contracts, launcher, page, browser
	@$(MAKE) --no-print-directory --keep-going test-model test-backend test-together test-frontend test-e2e

# Each service in processes of its own: TensorFlow and curl_cffi do not go together in one.
test-model: setup ## Tests of the model service
	$(VENV)/python -m pytest model_service/tests $(SIDE_BY_SIDE) $(call measured,model,model_service)

test-backend: setup ## Tests of the gateway
	$(VENV)/python -m pytest backend_service/tests $(SIDE_BY_SIDE) $(call measured,backend,backend_service)

test-together: setup ## Contracts, logs and metrics of the live services, launcher, scripts
	$(VENV)/python -m pytest tests/contract tests/observability tests/e2e tests/scripts tests/stack \
		$(SIDE_BY_SIDE) $(call measured,together)

test-frontend: setup ## Unit tests of the page
	cd frontend && npm test $(if $(REPORTS),-- $(OF_VITEST))

OF_VITEST = --reporter=default --reporter=junit --outputFile.junit=$(abspath $(RESULTS))/junit/frontend.xml \
	--coverage --coverage.reporter=text-summary --coverage.reporter=cobertura \
	--coverage.reportsDirectory=$(abspath $(RESULTS))/coverage/frontend

test-e2e: setup ## The page in a real Chromium against the three real services
	$(if $(REPORTS),PLAYWRIGHT_JUNIT_OUTPUT_FILE=$(abspath $(RESULTS))/junit/e2e.xml )$(VENV)/python -m tests.e2e $(if $(REPORTS),$(OF_PLAYWRIGHT))

OF_PLAYWRIGHT := --reporter=line,junit

test-faults: setup ## Everything killed, stopped and filled up at random (half an hour; no part of make test)
	$(VENV)/python -m pytest tests/faults --timeout 3600

check: setup ## Lint, format, types, import rules, contract drift
	$(VENV)/ruff check .
	$(VENV)/ruff format --check .
	$(VENV)/mypy
	$(VENV)/lint-imports
	$(VENV)/python scripts/generate_models.py --check
	$(VENV)/python -m backend_service.export_openapi --check
	$(VENV)/python -m scripts.dashboards --check
	$(VENV)/python -m scripts.prometheus_rule --check
	$(VENV)/python -m scripts.machine_names
	cd frontend && npm run check

GROOVY_LINT := deploy/jenkins/lint/node_modules
validate: setup .venv-deploy/.made $(GROOVY_LINT)/.made ## Images, compose, Kubernetes, Ansible, pipelines, held against rules
	$(VENV)/python -m pytest tests/deploy $(SIDE_BY_SIDE) $(call measured,deploy)

$(GROOVY_LINT)/.made: deploy/jenkins/lint/package-lock.json
	cd deploy/jenkins/lint && npm ci --no-audit --no-fund --ignore-scripts
	touch $@

images: setup ## Build the images; NAMES="model backend frontend export ray", CONTAINER, BASE_IMAGE, …
	$(VENV)/python -m scripts.images $(NAMES)

test-images: setup .venv-deploy/.made ## Build, start, use, kill and stop the containers (root, podman; no part of make test)
	$(VENV)/python -m pytest tests/images --timeout 3600

# The overlay is the inventory's; the vault's password is asked for, unless
# ANSIBLE_VAULT_PASSWORD_FILE names a file with it.
INVENTORY := local
VERSION := HEAD
deploy: setup .venv-deploy/.made ## Bring a version into a cluster: INVENTORY=local VERSION=HEAD ARGS="--check"
	@ANSIBLE_CONFIG=deploy/ansible/ansible.cfg .venv-deploy/bin/ansible-playbook \
		deploy/ansible/site.yml --inventory deploy/ansible/inventories/$(INVENTORY) \
		$(if $(ANSIBLE_VAULT_PASSWORD_FILE),,--ask-vault-pass) \
		--extra-vars bellwether_version=$(VERSION) $(ARGS)

vault: setup .venv-deploy/.made ## Make an inventory's secrets: INVENTORY=local PASSWORD_FILE=FILE ARGS=…
	@ANSIBLE_CONFIG=deploy/ansible/ansible.cfg .venv-deploy/bin/ansible-playbook \
		deploy/ansible/secrets.yml --extra-vars secrets_inventory=$(INVENTORY) \
		--extra-vars secrets_password_file=$(abspath $(PASSWORD_FILE)) $(ARGS)

# The steps of the pipelines; docs/pipelines.md says what each reads and leaves.
release: ## Write down which commit a build is about, or refuse another one
	@python=$$(sh scripts/find_python.sh) && "$$python" -m scripts.pipeline.release

preprocess: setup ## Canonical candles: DATASET=FILE, folder or https address; simulated by default
	@$(VENV)/python -m scripts.pipeline.candles

selftest: setup ## Fails where the method finds what is not there, or misses what is: SELFTEST=quick
	$(VENV)/bellwether selftest $(if $(filter quick,$(SELFTEST)),--quick)

train: setup ## Train an agent on these candles: STEPS=… SEED=0
	@$(VENV)/python -m scripts.pipeline.agent train

backtest: setup ## The agent beside buy and hold, on what it has not seen
	@$(VENV)/python -m scripts.pipeline.agent backtest

sbom: setup ## Bills of materials (CycloneDX): NAMES="model backend frontend"
	@$(VENV)/python -m scripts.pipeline.materials $(NAMES)

push: setup ## Push images of a commit of main: NAMES=… REGISTRY=… REGISTRY_USER=…; REGISTRY_PASSWORD is read
	@$(VENV)/python -m scripts.pipeline.registry $(NAMES)

deploy-release: setup ## Deploy what these builds pushed: INVENTORY=production SITE_FILE=FILE
	@$(VENV)/python -m scripts.pipeline.digests
	@$(MAKE) --no-print-directory deploy VERSION="$$(cat $(RESULTS)/release/commit)" \
		ARGS='--extra-vars @$(RESULTS)/images.yml $(OF_RELEASE)'

rollback: setup ## Bring back what ran before that deploy, or, with BEFORE= empty, the version before
	@$(MAKE) --no-print-directory deploy ARGS='--extra-vars bellwether_action=rollback $(OF_RELEASE)'

BEFORE = $(RESULTS)/before.json
OF_RELEASE = $(if $(BEFORE),--extra-vars bellwether_before_file=$(abspath $(BEFORE))) \
	$(if $(SITE_FILE),--extra-vars @$(SITE_FILE))

smoke: setup ## Ask a platform from the page to the agent: SMOKE_URL=http://127.0.0.1:5173
	@$(VENV)/python -m scripts.pipeline.smoke

test-pipelines: setup $(GROOVY_LINT)/.made ## Run the pipelines' steps for real in a clean clone (long; no part of make test)
	$(VENV)/python -m tests.deploy.pipelines.rehearsal

# Monitoring of a cluster, in its namespace `monitoring`; KUBE_CONTEXT names another than the current.
# docs/monitoring.md says the rest, also how to have it without a cluster.
FORWARD = .venv-deploy/bin/kubectl $(if $(KUBE_CONTEXT),--context $(KUBE_CONTEXT)) --namespace monitoring \
	port-forward --address 127.0.0.1
monitoring: setup .venv-deploy/.made ## Bring Prometheus, Grafana, Loki and Alloy into a cluster
	@PATH="$(abspath .venv-deploy/bin):$$PATH" bash observability/install.sh

grafana: .venv-deploy/.made ## A cluster's Grafana on http://127.0.0.1:3020 until Ctrl-C
	@$(FORWARD) service/kube-prometheus-stack-grafana 3020:80

grafana-password: .venv-deploy/.made ## Password of the user admin of a cluster's Grafana
	@.venv-deploy/bin/kubectl $(if $(KUBE_CONTEXT),--context $(KUBE_CONTEXT)) --namespace monitoring \
		get secret grafana-admin --output go-template='{{index .data "admin-password" | base64decode}}{{"\n"}}'

prometheus: .venv-deploy/.made ## A cluster's Prometheus on http://127.0.0.1:9090 until Ctrl-C
	@$(FORWARD) service/kube-prometheus-stack-prometheus 9090:9090

loki: .venv-deploy/.made ## A cluster's Loki on http://127.0.0.1:3100 until Ctrl-C
	@$(FORWARD) service/loki 3100:3100

# What renders, checks and applies deploy/ has an environment of its own.
.venv-deploy/.made: deploy/tools/requirements.txt deploy/tools/constraints.txt scripts/deploy_tools.py | setup
	$(VENV)/python -m venv --clear .venv-deploy
	.venv-deploy/bin/python -m pip install --quiet --upgrade pip
	.venv-deploy/bin/python -m pip install --quiet -c deploy/tools/constraints.txt -r deploy/tools/requirements.txt
	$(VENV)/python -m scripts.deploy_tools
	touch $@

bench: setup .venv-bench/.made ## Benchmarks, as JSON lines (some minutes; leave the machine alone)
	cd model_service && ../$(VENV)/python -m benchmarks
	$(VENV)/python backend_service/benchmarks/candles_cache.py
	$(VENV)/python backend_service/benchmarks/telemetry_cost.py
	$(VENV)/python backend_service/benchmarks/news_answers.py

# What the benchmarks compare with has an environment of its own.
PEERS := model_service/benchmarks/peers
.venv-bench/.made: $(PEERS)/requirements.txt $(PEERS)/constraints.txt | setup
	$(VENV)/python -m venv --clear .venv-bench
	.venv-bench/bin/python -m pip install --quiet --upgrade pip
	.venv-bench/bin/python -m pip install --quiet -c $(PEERS)/constraints.txt -r $(PEERS)/requirements.txt
	touch $@

clean: ## Remove what set-up and tests made; keeps var/ (your data) 
	rm -rf .venv .venv-bench .venv-deploy .mypy_cache .pytest_cache .ruff_cache .hypothesis .schemathesis
	rm -rf .import_linter_cache frontend/node_modules frontend/dist frontend/test-results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

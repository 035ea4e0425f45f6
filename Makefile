# Two commands do everything on a fresh Debian 12: « make demo » and « make test ».
PYTHON = .venv/bin/python
MANAGE = $(PYTHON) manage.py
PYTEST = DJANGO_SETTINGS_MODULE=dcc.settings.test $(PYTHON) -m pytest
SOURCES = site/dcc plugins forms_config rcp_directory tests manage.py
export DJANGO_SETTINGS_MODULE ?= dcc.settings.dev
# What Python compiled is kept, whatever the machine says: each of the two runs of the tests would compile every test again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo demo-two-regions test lint lint-aside test-databases test-sqlite test-postgresql prove prove-postgresql bench audit scan \
  lock install-run install-test install-two-regions

# The whole platform on this machine: address and accounts are printed. DCC_PORT=8001 changes the port.
demo: install-run
	@$(MANAGE) demo

# Two regions with a real mail server between them: needs root, for Postfix. Addresses and accounts are printed.
demo-two-regions: install-two-regions
	@PYTHONPATH=.:site $(PYTHON) -m tests.two_regions.run

install-run:
	@.ci/install run

install-two-regions:
	@.ci/install two-regions

install-test:
	@.ci/install test

# The checks of the code run beside the tests, which leave a processor idle while a database or a browser starts; what they say is
# shown in one piece when they end.
test: install-test
	@$(MAKE) --no-print-directory --jobs=2 lint-aside test-databases

lint-aside: install-test
	@said=$$(mktemp); $(MAKE) --no-print-directory lint >$$said 2>&1; code=$$?; echo; cat $$said; rm -f $$said; exit $$code

test-databases: install-test
	@$(MAKE) --no-print-directory test-sqlite
	@$(MAKE) --no-print-directory test-postgresql

lint: install-test
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy $(SOURCES)
	PYTHONPATH=.:site .venv/bin/lint-imports
	DJANGO_SETTINGS_MODULE=dcc.settings.test $(MANAGE) makemigrations --check --dry-run
	DJANGO_SETTINGS_MODULE=dcc.settings.prod DCC_SECRET_KEY=$$(head -c 48 /dev/urandom | base64) DCC_ALLOWED_HOSTS=dcc.invalid \
	  $(MANAGE) check --deploy --fail-level WARNING

# Two processes for each processor of the smallest machine: a test waits for a database, a browser or a server half of its time.
# Who has ended takes from the others: the stories in a browser last a minute each, and one process had several of them left.
PARALLEL = -n 4 --dist worksteal

test-sqlite: install-test
	$(PYTEST) $(PARALLEL)

# A throw-away PostgreSQL 15 cluster around a command, in a folder of its own (-t), so that what an interrupted run left behind does
# not stop the next one; the tests find it by DATABASE_URL.
ON_POSTGRESQL = pg_virtualenv -t -v 15 -o fsync=off -o synchronous_commit=off -o full_page_writes=off -o max_connections=100 \
  -o log_min_messages=panic sh -c 'DATABASE_URL="postgres://$$PGUSER:$$PGPASSWORD@$$PGHOST:$$PGPORT/postgres" exec "$$@"' --

# The tests of which the database decides something (they mark themselves: tests/databases.py).
test-postgresql: install-test
	$(ON_POSTGRESQL) env $(PYTEST) $(PARALLEL) -m "database and not prove"

# The campaigns of the issues at full size; their figures go to docs/proofs/<issue>.md. ONLY=<words> chooses by name.
prove: install-test
	$(PYTEST) -m prove $(if $(ONLY),-k "$(ONLY)")

prove-postgresql: install-test
	$(ON_POSTGRESQL) env $(PYTEST) -m "prove and database" $(if $(ONLY),-k "$(ONLY)")

# Figures beside their references, written to docs/benchmarks.md; ONLY=<word> measures some modules and writes nothing.
bench: install-test
	$(PYTHON) -m tests.benchmarks.run $(if $(ONLY),--only $(ONLY))

lock: install-test
	.venv/bin/uv pip compile pyproject.toml --generate-hashes --python-version 3.11.2 --no-emit-index-url --no-header -q -o requirements.lock
	.venv/bin/uv pip compile pyproject.toml --extra dev -c requirements.lock --generate-hashes --python-version 3.11.2 \
	  --no-emit-index-url --no-header -q -o requirements-dev.lock

# bandit on the code, then the known vulnerabilities of what the lock installs (AUDIT="-s osv" asks OSV). Both live apart.
# Strict: a service that does not answer is a failure, not « no known vulnerability ».
audit: install-test
	test -x var/audit/bin/bandit || (python3 -m venv var/audit && var/audit/bin/pip install -q "bandit[toml]" pip-audit)
	var/audit/bin/bandit -q -ll -c pyproject.toml -r site/dcc plugins forms_config rcp_directory manage.py -x "*/tests/*,*/migrations/*"
	var/audit/bin/pip-audit --disable-pip --require-hashes -r requirements-dev.lock --progress-spinner off --strict $(AUDIT)

# The active scan of the running product, on loopback, signed in as each role; wapiti is installed in var/scan when absent.
# Bounds: SCAN_CRAWL and SCAN_ATTACK (seconds of a role, of a module), SCAN_PARALLEL (roles at the same time).
scan: install-test
	PYTHONPATH=.:site $(PYTHON) -m tests.scan.run

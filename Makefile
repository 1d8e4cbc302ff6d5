# 两条命令：make run 启动，make test 检查。其余见 make help。
SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help run ocr test verify bench lint format requirements encoder train clean bootstrap bootstrap-dev \
  test-dialogue test-rest test-pages

PYTHON ?= python3
BENCH ?= ../shared/bench
PRODUCT := .venv/bin/python
BOT := .venv-bot/bin/python
NPM := .bootstrap/bin/npm --prefix web
# Their tests start services and wait for them, so that they have the machine to themselves.
SERVICES := tests/api tests/benchmarks tests/browser tests/journeys tests/platform
PACKAGES := api actions service retrieval language benchmarks bootstrap tests
export RASA_TELEMETRY_ENABLED := false
# Dozens of processes start in the tests, and none should compile all modules anew.
test verify: export PYTHONDONTWRITEBYTECODE :=

help: ## 列出这些命令
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 22

run: bootstrap ## 安装缺的东西，启动助手，打印聊天页面的地址（Ctrl-C 停止）
	@exec .venv/bin/union-assistant serve

ocr: ## 加装扫描件文字识别，导入时就能读图片和扫描的 PDF
	@$(PYTHON) -m bootstrap --ocr

bootstrap:
	@$(PYTHON) -m bootstrap

bootstrap-dev:
	@$(PYTHON) -m bootstrap --dev

test: lint ## 静态检查和测试（两核上约十四分钟）
	@echo 不启动服务的测试分两路同时进行，一部分测完才显示它的结果。
	@$(MAKE) --no-print-directory --jobs=2 --keep-going $(if $(filter output-sync,$(.FEATURES)),--output-sync=target) \
	  test-dialogue test-rest test-pages
	$(PRODUCT) -m pytest $(SERVICES) -m "not verify"

test-dialogue:
	$(BOT) -m pytest tests/language tests/bot

test-rest:
	$(PRODUCT) -m pytest --ignore=tests/bot $(SERVICES:%=--ignore=%) -m "not verify"

test-pages:
	$(NPM) test

verify: bootstrap-dev ## test 之外的测试：所有旅程、浏览器、PostgreSQL、竞争（不超过五十分钟）
	$(PRODUCT) -m pytest --ignore=tests/bot -m verify

lint: bootstrap-dev ## 只做静态检查
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy $(PACKAGES)
	.venv/bin/mypy --config-file bot/mypy.ini -p bot -p language
	.venv/bin/lint-imports
	$(NPM) run lint
	$(NPM) run typecheck

format: bootstrap-dev ## 按约定整理代码格式
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

bench: bootstrap-dev ## 只出数字：检索、意图、读数、追问、每轮耗时、启动时间、内存
	$(BOT) -m benchmarks.intents
	$(BOT) -m benchmarks.values
	$(PRODUCT) -m benchmarks.answers
	$(PRODUCT) -m benchmarks.followups
	$(PRODUCT) -m benchmarks.answers_in_conversation
	$(PRODUCT) -m benchmarks.turns
	$(PRODUCT) -m benchmarks.wecom
	$(PRODUCT) -m benchmarks.retrieval --data ../shared/bench/stard --artifacts both

requirements: ## 重新生成 requirements/*.txt（加 UPGRADE=1 则升级锁定的版本）
	@$(PYTHON) -m bootstrap --dev --compile $(if $(UPGRADE),--upgrade)

train: bootstrap ## 训练对话模型
	.venv/bin/union-assistant train

encoder: bootstrap ## 从头训练随库的句向量，再拟合排序（语料在 BENCH=../shared/bench，没有会说明）
	.venv/bin/union-assistant train encoder --bench $(BENCH)
	.venv/bin/union-assistant train ranking --encoder retrieval/artifacts/encoder --out retrieval/artifacts

clean: ## 删除装好的环境和构建结果；数据（var/）和代码不动
	rm -rf .venv .venv-bot .bootstrap web/node_modules web/dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

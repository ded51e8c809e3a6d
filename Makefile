# yizheng 一证: make run · make test · make build · make bench · make soak (see README.md)
# Every command installs what is missing first, says what it does, and may be repeated.

DATA ?= data
LISTEN ?= 127.0.0.1:8080
BUILD ?= build

.PHONY: help deps test-deps web build run test bench simulate soak sanitize fuzz lint clean

help:
	@echo "make run     安装缺少的软件包、构建、准备示例数据并启动（LISTEN=$(LISTEN) DATA=$(DATA)）"
	@echo "make build   只构建：$(BUILD)/yizheng"
	@echo "make test    安装缺少的软件包并运行全部测试"
	@echo "make simulate 让一个城市的一年（每天 60 件）从真实程序里走一遍"
	@echo "make bench   性能对比（同一次运行内的比值）"
	@echo "make soak    长时间的崩溃、并发与消毒器测试；make fuzz 模糊测试"

deps:
	@tools/install-deps.sh build

test-deps:
	@tools/install-deps.sh build test

# The pages are embedded in the program, so they are built first; only when their sources changed.
web: deps
	@tools/build-web.sh

build: web
	@test -f $(BUILD)/build.ninja || { echo "配置 $(BUILD) …"; meson setup $(BUILD) . >/dev/null; }
	@echo "构建 $(BUILD)/yizheng …"; ninja -C $(BUILD) | tail -n 1

run: build
	@test -f $(DATA)/keys/current || echo "准备示例数据（$(DATA)）…"
	@$(BUILD)/yizheng init --data $(DATA) --demo
	@echo
	@echo "  门户       http://$(LISTEN)/        手机号任填，验证码显示在页面上"
	@echo "  工作台     http://$(LISTEN)/office  密码均为 yizheng-demo"
	@echo "             海勃湾区：窗口 hbw-ck，市场监管 hbw-scjg，卫健 hbw-wjw，公安 hbw-ga，文旅 hbw-wlj，审批局 hbw-spj，政府负责人 hbw-zf"
	@echo "             市本级：  窗口 wh-ck，烟草 wh-yc，市场监管 wh-scjg，审批局 wh-spj，管理员 admin"
	@echo "             目录管理：wh-spj 起草，wh-spj-2 审核公布"
	@echo "  现场核查   http://$(LISTEN)/inspect 手机页面，没有网络也能用；部门账号登录"
	@echo "  （数据均为示例；按 Ctrl-C 停止）"
	@echo
	@exec $(BUILD)/yizheng serve --data $(DATA) --listen $(LISTEN)

test: test-deps build
	@node tools/run-tests.mjs $(BUILD)

lint:
	@node tools/lint.mjs

bench: build
	@dir=$$(mktemp -d); trap 'rm -rf "$$dir"' EXIT; $(BUILD)/tests/bench/bench $(BUILD)/yizheng "$$dir" $(BENCH_ARGS); $(BUILD)/tests/bench/bench-log "$$dir" $(BENCH_LOG_ARGS)

simulate: build
	@tools/simulate.sh $(BUILD) $(SIMULATE_ARGS)

sanitize: test-deps build
	@node tools/run-tests.mjs $(BUILD) sanitize

soak: test-deps build
	@YZ_PG_FSYNC=on YZ_CRASHES=500 YZ_TAMPERED=100000 SOAK=500 node tools/run-tests.mjs $(BUILD) integration sanitize

fuzz: test-deps build
	@tools/fuzz.sh $(or $(SECONDS_EACH),60)

clean:
	rm -rf build build-* web/dist test-output

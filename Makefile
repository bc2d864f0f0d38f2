# Tripgate: an nginx module and an engine. `make help` lists what can be made.
#
# Two builds of the engine live side by side: build/release (what is installed) and build/san
# (AddressSanitizer and UndefinedBehaviorSanitizer; what the tests run).

BUILD   ?= build
PREFIX  ?= /usr
DESTDIR ?=
PORT    ?= 8080
DEMO    ?= 1
TIME    ?= 60
V       ?= 0
Q       := $(if $(filter 0,$(V)),@,)

CXX      := $(shell command -v ccache >/dev/null 2>&1 && echo "ccache ")$(if $(filter default,$(origin CXX)),g++,$(CXX))
WARNINGS := -Wall -Wextra -Wconversion -Wshadow -Werror
COMMON   := -std=c++20 -I. $(WARNINGS) -fno-omit-frame-pointer -pthread -MMD -MP \
            -DBOOST_ASIO_SEPARATE_COMPILATION -DBOOST_BEAST_SEPARATE_COMPILATION \
            -DBOOST_ERROR_CODE_HEADER_ONLY
RELEASE  := -O2 -g1 -D_FORTIFY_SOURCE=2
# Unoptimised code takes a third of the time to compile. The interpreter of expressions is the
# exception: its tests run for minutes, and its recursion needs the smaller frames.
SAN_LEVEL := -O0
$(BUILD)/san/engine/jexl/%.o: SAN_LEVEL := -O1
SANITIZE = $(SAN_LEVEL) -g1 -fsanitize=address,undefined -fno-sanitize-recover=all
LIBS     := -llmdb -lyajl -lyaml -lpcre2-8 -lxml2 -lcurl -lssl -lcrypto -lz

# Debian packages: what the programs need to build and run, and what the tests need besides.
PACKAGES := g++ make nginx nginx-dev liblmdb-dev libyajl-dev libyaml-dev libpcre2-dev \
            libxml2-dev libboost1.81-dev libssl-dev zlib1g-dev libcurl4-openssl-dev curl
TEST_PACKAGES := libgtest-dev libgmock-dev libcmocka-dev libbenchmark-dev clang libclang-rt-dev \
                 python3 openssl
LINT_PACKAGES := clang-format clang-tidy python3

installed := $(shell dpkg-query -W -f '$${Package} ' 2>/dev/null)
missing   := $(if $(installed),$(filter-out $(installed),$(PACKAGES)))

# Plain make only names what is missing: it never installs.
ifneq (,$(filter all engine module,$(or $(MAKECMDGOALS),all)))
ifneq (,$(missing))
$(error missing Debian packages: $(missing) - make run and make test install them, or: \
  sudo apt-get install $(missing))
endif
endif

# Every source below engine/ but main.cc of the programs and the step supervisor belongs to the
# engine's library.
shared_src := $(sort $(wildcard shared/*.cc))
engine_src := $(sort $(filter-out engine/main.cc engine/call/main.cc engine/step/%, \
                $(wildcard engine/*.cc engine/*/*.cc)))
unit_dirs  := $(sort $(patsubst test/unit/%/,%,$(dir $(wildcard test/unit/*/*_test.cc))))
testlib_src := $(sort $(wildcard test/lib/*.cc))

release_obj := $(patsubst %.cc,$(BUILD)/release/%.o,$(shared_src) $(engine_src))
san_obj     := $(patsubst %.cc,$(BUILD)/san/%.o,$(shared_src) $(engine_src))
testlib_obj := $(patsubst %.cc,$(BUILD)/san/%.o,$(testlib_src))

.DELETE_ON_ERROR:
.DEFAULT_GOAL := all
-include $(wildcard ngx_module/*.mk engine/*/*.mk test/*/*.mk)

## all: the engine and the nginx module
.PHONY: all
all: engine

.PHONY: engine
engine: $(BUILD)/tripgate

$(BUILD)/release/%.o: %.cc
	@mkdir -p $(@D)
	$(if $(Q),@echo "  C++    $<")
	$(Q)$(CXX) $(COMMON) $(RELEASE) -c -o $@ $<

$(BUILD)/san/%.o: %.cc
	@mkdir -p $(@D)
	$(if $(Q),@echo "  C++san $<")
	$(Q)$(CXX) $(COMMON) $(SANITIZE) -c -o $@ $<

$(BUILD)/release/libengine.a: $(release_obj)
	$(Q)rm -f $@ && ar rcs $@ $^

$(BUILD)/san/libengine.a: $(san_obj)
	$(Q)rm -f $@ && ar rcs $@ $^

$(BUILD)/tripgate: $(BUILD)/release/engine/main.o $(BUILD)/release/libengine.a
	$(if $(Q),@echo "  LINK   $@")
	$(Q)$(CXX) -pthread -o $@ $^ $(LIBS)

$(BUILD)/san/tripgate: $(BUILD)/san/engine/main.o $(BUILD)/san/libengine.a
	$(if $(Q),@echo "  LINK   $@")
	$(Q)$(CXX) -pthread $(SANITIZE) -o $@ $^ $(LIBS)

# One test program per folder of test/unit: build/san/unit/<folder>.
define unit_rule
$(BUILD)/san/unit/$(1): $(patsubst %.cc,$(BUILD)/san/%.o,$(sort $(wildcard test/unit/$(1)/*_test.cc))) \
                        $(testlib_obj) $(BUILD)/san/libengine.a
	@mkdir -p $$(@D)
	$(if $(Q),@echo "  LINK   $$@")
	$(Q)$(CXX) -pthread $(SANITIZE) -o $$@ $$^ $(LIBS) -lgmock -lgtest -lgtest_main
.PHONY: unit-$(1)
unit-$(1): $(BUILD)/san/unit/$(1)
	$(BUILD)/san/unit/$(1) --gtest_brief=1
endef
$(foreach dir,$(unit_dirs),$(eval $(call unit_rule,$(dir))))

## deps: install the Debian packages that building, running and testing take
.PHONY: deps
deps:
	@conf/install-packages.sh $(PACKAGES) $(TEST_PACKAGES)

## run: install what is missing, build, start engine and nginx (PORT, STATE_DIR, DEMO=1|0)
.PHONY: run
run: export PORT := $(PORT)
run: export DEMO := $(DEMO)
run: export BUILD := $(BUILD)
run:
	@conf/install-packages.sh $(PACKAGES)
	@$(MAKE) --no-print-directory all
	@exec conf/run.sh

## test: all tests, in any order (ORDER=n repeats one); installs what is missing; counts them
.PHONY: test
test:
	@conf/install-packages.sh $(PACKAGES) $(TEST_PACKAGES)
	@$(MAKE) --no-print-directory test-programs
	@python3 test/lib/tally.py $(unit_dirs) --build $(BUILD) $(if $(SUITES),--suites $(SUITES))

# What `make test` runs must be built, and one part that does not build fails that run. It runs no
# benchmark, but a benchmark that no longer builds would be noticed when its figures are wanted.
.PHONY: test-programs
test-programs: all bench-programs $(addprefix $(BUILD)/san/unit/,$(unit_dirs)) \
               $(BUILD)/san/tripgate $(BUILD)/san/tripgate-step cmocka-programs \
               $(BUILD)/san/ngx_http_tripgate_module.so $(BUILD)/test/edge_writer

## test-http: the real nginx and engine over HTTP (FLAVOUR=san|release)
.PHONY: test-http
test-http: all $(BUILD)/san/tripgate $(BUILD)/san/tripgate-step $(BUILD)/test/powercut.so \
           $(BUILD)/test/edge_writer
	python3 test/lib/tally.py --build $(BUILD) --suites http

## test-tidy: rules of the house that no compiler knows
.PHONY: test-tidy
test-tidy:
	python3 test/lib/tally.py --build $(BUILD) --suites tidy

## lint: formatting, clang-tidy on what changed since main (ALL=1: everything), the module's symbols
sources := $(sort $(wildcard shared/*.cc shared/*.h ngx_module/*.cc ngx_module/*.h engine/*.cc \
             engine/*/*.cc engine/*/*.h test/*/*.cc test/*/*.h test/*/*/*.cc test/*/*/*.h))
changed = $(if $(ALL),$(sources),$(filter $(sources),$(shell git diff --name-only --diff-filter=d main)))
.PHONY: lint
lint: compile_commands.json test-tidy $(if $(wildcard ngx_module/*.mk),lint-module)
	clang-format --dry-run -Werror $(sources)
	$(if $(filter %.cc,$(changed)),clang-tidy --quiet -p . $(filter %.cc,$(changed)))

## format: clang-format on every source
.PHONY: format
format:
	clang-format -i $(sources)

# For editors and clang-tidy: every compile command that make would run.
.PHONY: compile_commands.json
compile_commands.json:
	@$(MAKE) --no-print-directory -Bnk V=1 all $(addprefix $(BUILD)/san/unit/,$(unit_dirs)) \
	  2>/dev/null | python3 test/lib/compile_commands.py >$@

## bench: the figures of the README, measured here (ONLY=section,... measures some)
.PHONY: bench
bench: all bench-programs
	test/bench/run.sh $(if $(ONLY),--only $(ONLY))

# Shipped files name the places below /usr.
placed = sed -E 's,/usr/(bin|lib|share)/,$(PREFIX)/\1/,g' $(1) >$(DESTDIR)$(2) && chmod 644 $(DESTDIR)$(2)

## install: the programs, the module, the configuration (DESTDIR=, PREFIX=/usr)
.PHONY: install
install: all install-conf
	install -D -m 0755 $(BUILD)/tripgate $(DESTDIR)$(PREFIX)/bin/tripgate
	install -D -m 0755 $(BUILD)/tripgate-step $(DESTDIR)$(PREFIX)/lib/tripgate/tripgate-step
	install -D -m 0755 $(BUILD)/tripgate-call $(DESTDIR)$(PREFIX)/lib/tripgate/tripgate-call
	install -D -m 0644 $(BUILD)/ngx_http_tripgate_module.so \
	  $(DESTDIR)$(PREFIX)/lib/nginx/modules/ngx_http_tripgate_module.so
	install -d $(DESTDIR)$(PREFIX)/share/tripgate/demo
	install -m 0644 conf/demo/*.yaml $(DESTDIR)$(PREFIX)/share/tripgate/demo
	install -D -m 0644 README.md $(DESTDIR)$(PREFIX)/share/doc/tripgate/README.md

# What somebody has edited stays as it is: the shipped file lies beside it as *.dist.
.PHONY: install-conf
install-conf:
	install -d $(DESTDIR)/etc/tripgate $(DESTDIR)$(PREFIX)/lib/systemd/system
	$(call placed,conf/engine.service,$(PREFIX)/lib/systemd/system/tripgate.service)
	$(call placed,conf/engine.yaml,/etc/tripgate/engine.yaml.dist)
	$(call placed,conf/tripgate.conf,/etc/tripgate/tripgate.conf.dist)
	for file in engine.yaml tripgate.conf; do \
	  test -e $(DESTDIR)/etc/tripgate/$$file || \
	    cp -p $(DESTDIR)/etc/tripgate/$$file.dist $(DESTDIR)/etc/tripgate/$$file || exit 1; done

## test-unit: the unit tests, under AddressSanitizer and UndefinedBehaviorSanitizer
.PHONY: test-unit
test-unit: $(addprefix unit-,$(unit_dirs))

## clean: remove what was built
.PHONY: clean
clean:
	rm -rf $(BUILD)

## help: this list
.PHONY: help
help:
	@sed -n 's/^## //p' $(MAKEFILE_LIST) | sort

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)

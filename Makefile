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
RELEASE  := -O2 -g -D_FORTIFY_SOURCE=2
SANITIZE := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all
LIBS     := -llmdb -lyajl -lyaml -lpcre2-8 -lcurl -lssl -lcrypto

# Every source below engine/ but main.cc and the step supervisor belongs to the engine's library.
shared_src := $(sort $(wildcard shared/*.cc))
engine_src := $(sort $(filter-out engine/main.cc engine/step/%,$(wildcard engine/*.cc engine/*/*.cc)))
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

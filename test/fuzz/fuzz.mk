# Fuzzers: every test/fuzz/NAME_fuzz.cc becomes a program of its own, linked with an engine that clang
# built under AddressSanitizer and UndefinedBehaviorSanitizer. Seeds are in test/data/fuzz/NAME.
FUZZ_CXX     ?= $(shell command -v ccache >/dev/null 2>&1 && echo "ccache ")clang++-14
FUZZ_FLAGS   := -std=c++20 -I. -O1 -g -fno-omit-frame-pointer -pthread -MMD -MP \
                -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all \
                -DBOOST_ASIO_SEPARATE_COMPILATION -DBOOST_BEAST_SEPARATE_COMPILATION \
                -DBOOST_ERROR_CODE_HEADER_ONLY
FUZZ_SHORT   ?= 5
fuzz_names   := $(patsubst test/fuzz/%_fuzz.cc,%,$(sort $(wildcard test/fuzz/*_fuzz.cc)))
# Only what the fuzzers reach: these folders need no network and no store.
fuzz_src     := $(sort ngx_module/link_fsm.cc ngx_module/link_output.cc engine/intake/intake_fsm.cc \
                $(wildcard shared/*.cc engine/base/*.cc engine/jexl/*.cc engine/yaml/*.cc engine/inputs/*.cc \
                engine/plan/*.cc engine/match/condition_operators.cc engine/match/conformance_case.cc))
fuzz_obj     := $(patsubst %.cc,$(BUILD)/fuzz/%.o,$(fuzz_src))

$(BUILD)/fuzz/%.o: %.cc
	@mkdir -p $(@D)
	$(if $(Q),@echo "  FUZZ   $<")
	$(Q)$(FUZZ_CXX) $(FUZZ_FLAGS) -c -o $@ $<

$(BUILD)/fuzz/libengine.a: $(fuzz_obj)
	$(Q)rm -f $@ && ar rcs $@ $^

$(BUILD)/fuzz/bin/%: $(BUILD)/fuzz/test/fuzz/%_fuzz.o $(BUILD)/fuzz/libengine.a
	@mkdir -p $(@D)
	$(Q)$(FUZZ_CXX) -pthread -fsanitize=fuzzer,address,undefined -o $@ $^ $(LIBS)

# New inputs go below build/; the seeds stay as they are.
define fuzz_rule
.PHONY: fuzz-$(1)
fuzz-$(1): $(BUILD)/fuzz/bin/$(1)
	@mkdir -p $(BUILD)/fuzz/corpus/$(1) $(BUILD)/fuzz/crash/$(1)
	$(BUILD)/fuzz/bin/$(1) -max_total_time=$$(FUZZ_TIME) -timeout=10 -rss_limit_mb=1024 -verbosity=0 \
	  -print_final_stats=0 -artifact_prefix=$(BUILD)/fuzz/crash/$(1)/ $(BUILD)/fuzz/corpus/$(1) \
	  $(wildcard test/data/fuzz/$(1))
endef
$(foreach name,$(fuzz_names),$(eval $(call fuzz_rule,$(name))))

# `make test` runs each for two seconds (test/lib/tally.py).
test-programs: $(addprefix $(BUILD)/fuzz/bin/,$(fuzz_names))

FUZZ_TIME ?= $(TIME)
## fuzz: run every fuzzer for TIME seconds
.PHONY: fuzz
fuzz: $(addprefix fuzz-,$(fuzz_names))

## fuzz-short: run every fuzzer for a few seconds
.PHONY: fuzz-short
fuzz-short: FUZZ_TIME := $(FUZZ_SHORT)
fuzz-short: $(addprefix fuzz-,$(fuzz_names))

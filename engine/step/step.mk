# tripgate-step: static and without libstdc++, so that it stays under 1 MB and runs on while
# libraries are upgraded beneath it.

step_src := $(sort $(wildcard engine/step/*.cc))
STEP_FLAGS := -std=c++20 -I. $(WARNINGS) -Os -g -fno-exceptions -fno-rtti -fno-threadsafe-statics \
              -fno-asynchronous-unwind-tables -ffunction-sections -D_GNU_SOURCE -MMD -MP

all: $(BUILD)/tripgate-step

$(BUILD)/step/%.o: engine/step/%.cc
	@mkdir -p $(@D)
	$(if $(Q),@echo "  C++    $<")
	$(Q)$(CXX) $(STEP_FLAGS) -c -o $@ $<

$(BUILD)/tripgate-step: $(patsubst engine/step/%.cc,$(BUILD)/step/%.o,$(step_src))
	$(if $(Q),@echo "  LINK   $@")
	$(Q)$(CC) -static -Wl,--gc-sections -o $@ $^

# The same program under the sanitizers, for the tests.
$(BUILD)/san/tripgate-step: $(patsubst %.cc,$(BUILD)/san/%.o,$(step_src))
	$(if $(Q),@echo "  LINK   $@")
	$(Q)$(CXX) $(SANITIZE) -o $@ $^

# The tests of the runner and of the supervisor start real supervisors.
unit-run unit-step: export TRIPGATE_STEP = $(abspath $(BUILD)/tripgate-step)
unit-run unit-step: $(BUILD)/tripgate-step

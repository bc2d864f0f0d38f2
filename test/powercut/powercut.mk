# Power cuts and failing disks under the journal: a preloaded shim, a driver, a runner.

$(BUILD)/test/powercut.so: test/powercut/shim.cc test/powercut/disk_model.cc test/powercut/disk_model.h
	@mkdir -p $(@D)
	$(if $(Q),@echo "  LINK   $@")
	$(Q)$(CXX) -std=c++20 -I. $(WARNINGS) -O2 -g -fPIC -shared -fvisibility=default -pthread \
	  -o $@ $(filter %.cc,$^) -ldl

# Only what the journal needs: the driver is built often while the store changes.
journal_driver_src := test/powercut/journal_driver.cc $(sort \
  $(wildcard shared/*.cc engine/base/*.cc engine/journal/*.cc) engine/intake/body_spool.cc)

$(BUILD)/test/journal_driver: $(patsubst %.cc,$(BUILD)/release/%.o,$(journal_driver_src))
	@mkdir -p $(@D)
	$(if $(Q),@echo "  LINK   $@")
	$(Q)$(CXX) -pthread -o $@ $^ $(LIBS)

# Supervisors that can be preloaded: the real ones are static.
$(BUILD)/test/tripgate-step: $(patsubst engine/step/%.cc,$(BUILD)/step/%.o,$(wildcard engine/step/*.cc))
	@mkdir -p $(@D)
	$(if $(Q),@echo "  LINK   $@")
	$(Q)$(CC) -Wl,--gc-sections -o $@ $^

$(BUILD)/test/step_driver: $(BUILD)/release/test/powercut/step_driver.o $(BUILD)/release/libengine.a
	@mkdir -p $(@D)
	$(if $(Q),@echo "  LINK   $@")
	$(Q)$(CXX) -pthread -o $@ $^ $(LIBS)

powercut_programs := $(BUILD)/test/powercut.so $(BUILD)/test/journal_driver \
                     $(BUILD)/test/tripgate-step $(BUILD)/test/step_driver

## test-powercut: cut the power and fail the disk under journal and steps (SEED=n replays one)
.PHONY: test-powercut test-powercut-short
test-powercut: $(powercut_programs)
	BUILD=$(BUILD) python3 -B test/powercut/cut_power.py --seeds 200
	BUILD=$(BUILD) python3 -B test/powercut/cut_steps.py --seeds 200

test-powercut-short: $(powercut_programs)
	BUILD=$(BUILD) python3 -B test/powercut/cut_power.py --seeds 25
	BUILD=$(BUILD) python3 -B test/powercut/cut_steps.py --seeds 25

test-programs: $(powercut_programs)

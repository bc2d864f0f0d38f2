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

powercut_programs := $(BUILD)/test/powercut.so $(BUILD)/test/journal_driver

## test-powercut: cut the power and fail the disk under the journal (SEED=n replays one)
.PHONY: test-powercut test-powercut-short
test-powercut: $(powercut_programs)
	BUILD=$(BUILD) python3 -B test/powercut/cut_power.py --seeds 200

test-powercut-short: $(powercut_programs)
	BUILD=$(BUILD) python3 -B test/powercut/cut_power.py --seeds 25

test-programs: $(powercut_programs)

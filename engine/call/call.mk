# tripgate-call: performs the calls of Http and Email steps and of notifications. Everything but its
# main.cc is part of the engine's library, so that tests reach it without a process.

all: $(BUILD)/tripgate-call

$(BUILD)/tripgate-call: $(BUILD)/release/engine/call/main.o $(BUILD)/release/libengine.a
	$(if $(Q),@echo "  LINK   $@")
	$(Q)$(CXX) -pthread -Wl,--as-needed -o $@ $^ $(LIBS)

$(BUILD)/san/tripgate-call: $(BUILD)/san/engine/call/main.o $(BUILD)/san/libengine.a
	$(if $(Q),@echo "  LINK   $@")
	$(Q)$(CXX) -pthread $(SANITIZE) -o $@ $^ $(LIBS)

# The tests start the real program, under the real supervisor.
test-programs: $(BUILD)/san/tripgate-call
unit-call: export TRIPGATE_CALL = $(abspath $(BUILD)/san/tripgate-call)
unit-call: export TRIPGATE_STEP = $(abspath $(BUILD)/tripgate-step)
unit-call: $(BUILD)/san/tripgate-call $(BUILD)/tripgate-step

// The real cmocka from C++: its header declares C functions without saying so.
#pragma once

extern "C" {
#include_next <cmocka.h>
}

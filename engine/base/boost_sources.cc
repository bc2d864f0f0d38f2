// The one place where the non-template parts of Asio and Beast are compiled; every other file sees
// declarations only (BOOST_ASIO_SEPARATE_COMPILATION), which halves their compile time.
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wshadow"
#include <boost/asio/impl/src.hpp>
#include <boost/beast/src.hpp>

# libxml2's headers include each other from their own folder; one source includes them.
%/engine/functors/xml_functor.o: COMMON += -isystem /usr/include/libxml2

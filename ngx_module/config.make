# nginx has one set of flags for all sources; ours are C++, without what needs libstdc++ at run time.
# Warnings are looked for by our own Makefile, which keeps nginx's headers out of them.

cat << END >> $NGX_MAKEFILE

$NGX_OBJS/addon/ngx_module/%.o $NGX_OBJS/addon/shared/%.o: \\
	CFLAGS += -std=c++20 -w -fno-exceptions -fno-rtti -fno-threadsafe-statics -fno-gnu-unique \\
	-fvisibility=hidden -DTRIPGATE_CONFIGURED_BY_NGINX

END

"""What people run instead: nginx with Lua doing the same durably, and Debian's webhook."""
import json
import os
import shutil
import socket
import subprocess

from bench_stand import BUILD, CAPTURE, NGINX_MODULES, ROOT, await_, free_port

LUA_MODULES = [f'{NGINX_MODULES}/{name}.so' for name in ('ndk_http_module', 'ngx_http_lua_module')]


class LuaPeer:
    """Token and key checked in Lua; the event goes to a store with the same journal and group
    commit as ours, over a pooled connection."""

    def __init__(self, stand):
        self.modules = '\n'.join(f'load_module {path};' for path in LUA_MODULES)
        self.http = f"""
    lua_shared_dict tokens 64m;
    init_by_lua_block {{
        ngx.shared.tokens:set("{stand.token}", true)
        ngx.shared.tokens:set("store", "unix:{stand.state}/peer.sock")
    }}"""
        self.server = f"""
        location /lua {{
            client_body_buffer_size 64k;
            content_by_lua_file {ROOT}/test/bench/peers/durable.lua;
        }}"""
        os.makedirs(f'{stand.state}/peer')
        store = stand.spawn(f'{BUILD}/bench/durable_store', f'{stand.state}/peer',
                            f'{stand.state}/peer.sock', stdout=subprocess.PIPE)
        store.stdout.readline()

    @staticmethod
    def is_installed():
        return all(map(os.path.exists, LUA_MODULES))

    @staticmethod
    def call_on(stand):
        return stand.call.replace(CAPTURE, '/lua/custom', 1)


class WebhookPeer:
    """Answers before it starts anything, and stores nothing. Runs between start and stop only, so
    that it takes no share of what others are measured in."""

    call = '/hooks/bench'

    def __init__(self, stand, command='/bin/true'):
        self.stand = stand
        self.port = free_port()
        self.hooks = f'{stand.state}/hooks.json'
        with open(self.hooks, 'w') as file:
            json.dump([{'id': 'bench', 'execute-command': command, 'response-message': 'ok'}],
                      file)

    @staticmethod
    def is_installed():
        return shutil.which('webhook') is not None

    def is_up(self):
        try:
            socket.create_connection(('127.0.0.1', self.port)).close()
            return True
        except OSError:
            return False

    def __enter__(self):
        self.child = self.stand.spawn('webhook', '-hooks', self.hooks, '-ip', '127.0.0.1', '-port',
                                      str(self.port), stdout=subprocess.DEVNULL,
                                      stderr=subprocess.DEVNULL)
        await_(self.is_up, 'the start of webhook')
        return self

    def __exit__(self, *_):
        self.stand.end(self.child)

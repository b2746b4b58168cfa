#!/bin/bash
# Whether the broker listens on the address after --bootstrap-server.
exec 3<>"/dev/tcp/${2/://}"

"""The control socket: reads snapshots, sends messages, owns nothing."""

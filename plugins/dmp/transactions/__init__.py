"""The transactions of the DMP (TD0.2 to TD3.3): requests, answers, transport. Decides nothing."""

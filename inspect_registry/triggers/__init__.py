"""触发式检查: documented reasons for checks that no plan holds."""

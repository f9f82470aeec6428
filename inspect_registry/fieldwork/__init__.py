"""What happens at the door and after it: records, findings, evidence, dispositions, rectification."""

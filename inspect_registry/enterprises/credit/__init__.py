"""What a result means for an enterprise's standing: inputs of its next grades, records, and their repair (信用修复).

A class or grade is never changed here: the bodies that grade take the inputs in and hand new classes back by import.
"""

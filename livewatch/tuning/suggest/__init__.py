"""What is said in missed scams and near false alarms: material for phrases, for people to judge."""

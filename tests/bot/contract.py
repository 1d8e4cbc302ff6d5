"""The intents and topics that other programs rely on."""

TOPICS = """
    membership dues hardship condolence mutual_aid recuperation leave maternity women working_hours wages
    contract job_change discipline termination social_insurance work_injury housing_fund retirement dispute
    legal_aid equality privacy democracy activities mental_health benefits training honours safety family
    contacts
""".split()  # noqa: SIM905
TALK = """
    greet goodbye thank affirm deny cancel help inform not_what_i_meant bot_challenge ask_about_assistant
    feedback_good feedback_bad
""".split()  # noqa: SIM905
SERVICES = """
    ask_human urgent_help choose_other_level list_services
    file_ticket check_ticket add_to_ticket withdraw_ticket urge_ticket object_result report_anonymously
    apply_hardship apply_condolence apply_mutual_aid apply_recuperation manage_membership submit_proposal
    request_mediation book_counselling book_legal_consultation
    list_activities join_activity cancel_activity
    calc_annual_leave calc_overtime_pay calc_severance calc_maternity_leave calc_sick_leave
    calc_retirement_date calc_work_injury calc_notice_period calc_probation calc_dues
""".split()  # noqa: SIM905
QUESTIONS = [f"ask_{topic}" for topic in TOPICS]
ONLY_PRESSED = ["choose_source", "fill_ticket", "calculate", "fill_calculation"]
CHOICES = ["choose_topic", *ONLY_PRESSED]  # what options send; a topic may be asked for too
OUT_OF_SCOPE = "out_of_scope"
FALLBACK = "nlu_fallback"

EVERY_INTENT = [*TALK, *SERVICES, *QUESTIONS, *CHOICES, OUT_OF_SCOPE, FALLBACK]

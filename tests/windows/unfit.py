"""What of the suite is not run on Windows, and why. ``make test-windows`` prints it."""

UNFIT = {
    "tests/edits/test_command.py": {
        "test_a_command_ends_with_its_children_when_its_server_is_killed": "makes a named pipe (mkfifo)",
        "test_cancelling_ends_the_command": "makes a named pipe (mkfifo)",
        "test_the_file_is_an_argument_and_nothing_is_read_by_a_shell": "compares a path as POSIX prints it",
        "test_only_what_is_known_to_be_harmless_of_the_environment_reaches_the_command": "names folders as POSIX does",
        "test_a_command_that_never_ends_is_ended_with_its_children": "gives a child less time than Wine's start takes",
    },
    "tests/security/test_child_process.py": {
        "test_only_names_of_the_list_reach_a_child": "names folders as POSIX does",
        "test_only_the_package_for_it_starts_processes_and_nobody_reads_pickles": "reads the sources: the same everywhere",
    },
    "tests/security/test_fail_closed.py": {
        "test_no_vendor_hears_anything_where_settings_are_no_files": "makes a named pipe and links to devices",
    },
    "tests/security/test_links_out.py": {
        "test_the_quality_is_not_set_in_what_is_no_file_of_the_folder[pipe]": "makes a named pipe (mkfifo)",
    },
    "tests/ignore/test_ignored_files.py": {"test_a_link_to_a_secret_file_is_secret": "Wine hides that a file is a link"},
    "tests/ledger/test_faults.py": {
        "test_a_file_that_breaks_under_a_session_is_set_aside_and_its_calls_go_into_a_new_one": (
            "a file that is open cannot be moved there: the next start sets it aside, and writes its journal"
        ),
    },
    "tests/server/test_transport.py": {
        "test_the_writer_says_when_there_is_a_backlog": "a socket there takes all that it is given at once",
        "test_an_editor_that_stops_reading_is_read_no_further_and_loses_nothing[socket]": "a socket there takes all at once",
    },
}
"""File → test → reason. A test without a bracket means every parameter of it."""


def reason(name: str) -> str:
    """Why the test of this name is skipped; "" when it is run."""
    file, _, test = name.partition("::")
    names = (test, test.partition("[")[0])
    return next((why for pattern, why in UNFIT.get(file, {}).items() if pattern in names), "")

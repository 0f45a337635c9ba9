package org.slipway.simulation;

/** What can go wrong. */
enum Fault {
    CRASH("a process is killed"),
    PAUSE("a process stands still, and goes on with what it knew"),
    ORDERLY_STOP("a process is told to stop, and another begins"),
    DATABASE_AWAY("PostgreSQL cuts every connection and takes none for a while"),
    STATEMENT_FAILED("a statement is refused: deadlock, serialisation, lock timeout, resources"),
    COMMIT_FAILED("a transaction fails when it is to be committed"),
    COMMIT_ANSWER_LOST("a transaction is committed, and the client is told of a broken connection"),
    DATABASE_SLOW("a transaction's answer takes seconds"),
    BROKER_AWAY("the broker takes nothing for a while"),
    SEND_FAILED("the broker refuses a record"),
    SEND_DOUBLED("a record arrives twice"),
    ACKNOWLEDGEMENT_LOST("the broker has a record, and the relay is told that it has not"),
    ACKNOWLEDGEMENT_LATE("the broker answers seconds later"),
    HINT_LOST("a service does not get a record"),
    HINT_LATE("a service gets a record seconds later"),
    RECORD_UNREADABLE("somebody writes a record that nobody can read"),
    HOST_UNREACHABLE("a server cannot be reached for a while"),
    HOST_RESTARTED("a server loses its power, and every command on it ends where it is"),
    CONNECTION_CUT("a connection breaks; what runs on the server goes on or ends"),
    HOST_SLOW("a server takes seconds for each step"),
    HOST_FULL("a server has no room for a while"),
    CONTENT_BROKEN("what arrives is not what was sent"),
    BETA_EDITED("somebody edits a file on beta"),
    ORPHANED_COMMAND("a command on a server goes on though its worker is gone"),
    REQUEST_LOST("a request of a person is not answered, and is repeated");

    private final String meaning;

    Fault(String meaning) {
        this.meaning = meaning;
    }

    String meaning() {
        return meaning;
    }
}

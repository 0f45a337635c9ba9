package org.slipway.system;

import java.util.List;
import java.util.Map;
import org.slipway.model.ReleaseState;
import org.slipway.model.ServerState;
import org.slipway.model.message.Event;

/**
 * What can be seen of one project from all sides.
 *
 * @param databaseReleases the state of each release by {@code project/number}, as the database has it
 * @param databaseServers the state of each business server by {@code project/server}, as the database has it
 * @param databaseLog every transition that the database recorded, by the id of its event
 * @param unpublished transitions that the relay has not marked as published
 * @param restReleases the state of each release as the REST interface tells it
 * @param restServers the state of each business server as the REST interface tells it
 * @param events everything that both transition topics hold of the project, each partition in its order
 * @param eventIds the CloudEvents ids of the same
 * @param journalGaps failures of the log that no journal explains
 * @param treeDifferences how servers differ from what was released to them
 * @param history what happened, as far as it was noted
 */
public record Evidence(
        Map<String, ReleaseState> databaseReleases,
        Map<String, ServerState> databaseServers,
        List<String> databaseLog,
        List<String> unpublished,
        Map<String, ReleaseState> restReleases,
        Map<String, ServerState> restServers,
        List<Event> events,
        List<String> eventIds,
        List<String> journalGaps,
        List<String> treeDifferences,
        History history) {}

package org.slipway.persistence.lease;

import jakarta.persistence.EntityManager;
import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;

/** Leases without a database: renewals are answered as the test says, and go well where it says nothing. */
class FakeLeases extends Leases {
    final Deque<Supplier<Renewal>> answers = new ArrayDeque<>();
    boolean cancelRequested;
    int renewals;

    FakeLeases(LeaseTimes times) {
        super(
                (EntityManager) Proxy.newProxyInstance(
                        FakeLeases.class.getClassLoader(),
                        new Class<?>[] {EntityManager.class},
                        (proxy, method, args) -> {
                            throw new UnsupportedOperationException("there is no database");
                        }),
                times);
    }

    @Override
    public Renewal renew(Lease lease) {
        renewals++;
        return answers.isEmpty()
                ? new Renewal.Renewed(cancelRequested)
                : answers.removeFirst().get();
    }

    @Override
    public boolean cancelRequested(Lease lease) {
        return cancelRequested;
    }
}

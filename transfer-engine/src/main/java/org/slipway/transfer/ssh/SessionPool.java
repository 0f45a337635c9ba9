package org.slipway.transfer.ssh;

import java.io.IOException;
import java.io.StreamCorruptedException;
import java.net.ConnectException;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PublicKey;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.sshd.client.ClientBuilder;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.auth.pubkey.UserAuthPublicKeyFactory;
import org.apache.sshd.client.config.hosts.HostConfigEntry;
import org.apache.sshd.client.config.hosts.HostConfigEntryResolver;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.AttributeRepository;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.cipher.BuiltinCiphers;
import org.apache.sshd.common.cipher.Cipher;
import org.apache.sshd.common.keyprovider.KeyIdentityProvider;
import org.apache.sshd.common.mac.BuiltinMacs;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;
import org.apache.sshd.core.CoreModuleProperties;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slipway.model.HostAddress;
import org.slipway.transfer.CopySettings;
import org.slipway.transfer.Failure;
import org.slipway.transfer.Host;
import org.slipway.transfer.Hosts;
import org.slipway.transfer.TransferException;
import org.slipway.transfer.TransferSettings;

/**
 * Keeps sessions open between copies. A session belongs to one {@link Host} at a time; given back it waits for the next one,
 * for as long as the settings say. Key exchange and authentication cost much more than a small copy, and many at the same
 * moment time each other out, so the number of handshakes under way is bounded. What is asked of a host after that is not: one
 * that lets us in and is then silent holds up nobody else.
 */
public final class SessionPool implements Hosts {
    private static final Logger LOG = LoggerFactory.getLogger(SessionPool.class);
    private static final AttributeRepository.AttributeKey<Attempt> ATTEMPT = new AttributeRepository.AttributeKey<>();
    private static final long WINDOW_BYTES = 8L << 20;
    /** MINA refuses packets of more than 256 KiB with all that is around the data, so data comes in half of that. */
    private static final long PACKET_BYTES = 128L << 10;

    /** As OpenSSH has it for ciphers with blocks of 16 bytes. MINA's own is 1 GiB, and in each exchange of keys a copy stands still. */
    private static final long SAME_KEYS_BYTES = 64L << 30;

    private static final int UNANSWERED_HEARTBEATS = 2;
    private static final int MOST_HANDSHAKES = Math.max(2, Runtime.getRuntime().availableProcessors());

    static {
        NativeMacs.install();
        Ed25519Provider.install();
    }

    static final List<NamedFactory<Cipher>> CIPHERS = List.of(
            AesGcm.of(BuiltinCiphers.aes128gcm),
            AesGcm.of(BuiltinCiphers.aes256gcm),
            BuiltinCiphers.aes128ctr,
            BuiltinCiphers.aes256ctr,
            BuiltinCiphers.cc20p1305_openssh);

    private final TransferSettings settings;
    private final Clock clock;
    private final SshClient client;
    /** Fair: who has waited longest is next. */
    private final Semaphore handshakes = new Semaphore(MOST_HANDSHAKES, true);

    private final ScheduledExecutorService sweeper;
    private final Map<PoolKey, Deque<Connection>> idle = new HashMap<>();
    private final Map<PoolKey, Long> forgottenAt = new HashMap<>();
    private final Map<String, Throttle> throttles = new ConcurrentHashMap<>();
    private final Throttle inAll;
    private boolean closed;

    private record PoolKey(String host, int port, String user, List<String> hostKeys) {
        static PoolKey of(HostAddress address) {
            return new PoolKey(address.host(), address.port(), address.user(), address.hostKeys());
        }
    }

    /** One connection's host keys, the key that the server showed, and what broke the connection first. */
    private record Attempt(
            HostKeys keys,
            AtomicReference<@Nullable PublicKey> shown,
            AtomicReference<@Nullable Throwable> broke,
            boolean onlyLook) {
        Attempt(HostKeys keys, boolean onlyLook) {
            this(keys, new AtomicReference<>(), new AtomicReference<>(), onlyLook);
        }
    }

    public SessionPool(TransferSettings settings, Clock clock) {
        this.settings = settings;
        this.clock = clock;
        this.inAll = new Throttle(settings.copying().bytesPerSecondInAll(), null);
        this.client = client(settings);
        this.sweeper = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("slipway-ssh-idle").factory());
        long sweepMillis = Math.clamp(settings.idleSession().toMillis() / 4, 100, 30_000);
        var unused = sweeper.scheduleWithFixedDelay(this::sweep, sweepMillis, sweepMillis, TimeUnit.MILLISECONDS);
    }

    private static SshClient client(TransferSettings settings) {
        SshClient client = SshClient.setUpDefaultClient();
        client.setCipherFactories(CIPHERS);
        client.setMacFactories(List.of(
                BuiltinMacs.hmacsha256etm, BuiltinMacs.hmacsha512etm, BuiltinMacs.hmacsha256, BuiltinMacs.hmacsha512));
        client.setKeyExchangeFactories(ClientBuilder.setUpDefaultKeyExchanges(false));
        client.setSignatureFactories(HostKeys.allSignatures());
        client.setHostConfigEntryResolver(HostConfigEntryResolver.EMPTY);
        client.setKeyIdentityProvider(KeyIdentityProvider.EMPTY_KEYS_PROVIDER);
        client.setUserAuthFactories(List.of(new UserAuthPublicKeyFactory(HostKeys.allSignatures())));
        client.setServerKeyVerifier((session, remote, key) -> accepts(session, key));
        client.addSessionListener(new SessionListener() {
            @Override
            public void sessionCreated(Session session) {
                Attempt attempt = attempt((ClientSession) session);
                if (attempt != null) {
                    session.setSignatureFactories(
                            attempt.onlyLook()
                                    ? HostKeys.allSignatures()
                                    : attempt.keys().signatures());
                }
            }

            @Override
            public void sessionException(Session session, Throwable why) {
                Attempt attempt = attempt((ClientSession) session);
                if (attempt != null) {
                    attempt.broke().compareAndSet(null, why);
                }
            }
        });
        CoreModuleProperties.WINDOW_SIZE.set(client, WINDOW_BYTES);
        CoreModuleProperties.MAX_PACKET_SIZE.set(client, PACKET_BYTES);
        CoreModuleProperties.LIMIT_PACKET_SIZE.set(client, PACKET_BYTES);
        CoreModuleProperties.NIO2_READ_BUFFER_SIZE.set(client, (int) PACKET_BYTES);
        CoreModuleProperties.REKEY_BYTES_LIMIT.set(client, SAME_KEYS_BYTES);
        CoreModuleProperties.REQUEST_EXEC_REPLY.set(client, true);
        CoreModuleProperties.TCP_NODELAY.set(client, true);
        CoreModuleProperties.HEARTBEAT_INTERVAL.set(client, settings.heartbeat());
        CoreModuleProperties.HEARTBEAT_NO_REPLY_MAX.set(client, UNANSWERED_HEARTBEATS);
        CoreModuleProperties.IDLE_TIMEOUT.set(client, Duration.ZERO);
        CoreModuleProperties.NIO2_READ_TIMEOUT.set(client, Duration.ZERO);
        CoreModuleProperties.AUTH_TIMEOUT.set(client, settings.connectTimeout());
        CoreModuleProperties.IO_CONNECT_TIMEOUT.set(client, settings.connectTimeout());
        CoreModuleProperties.WAIT_FOR_SPACE_TIMEOUT.set(client, settings.answerTimeout());
        client.start();
        return client;
    }

    private static boolean accepts(ClientSession session, PublicKey shown) {
        Attempt attempt = attempt(session);
        if (attempt == null) {
            return false;
        }
        attempt.shown().set(shown);
        return !attempt.onlyLook() && attempt.keys().trusts(shown);
    }

    private static @Nullable Attempt attempt(ClientSession session) {
        AttributeRepository context = session.getConnectionContext();
        return context == null ? null : context.getAttribute(ATTEMPT);
    }

    @Override
    public Host open(HostAddress address) throws TransferException {
        PoolKey key = PoolKey.of(address);
        Connection warm = takeIdle(key);
        Connection connection = warm != null ? warm : connect(address);
        connection.link().pace().restart();
        Host host = connection.hasShell()
                ? new ShellHost(address, connection, clock)
                : new SftpHost(address, connection, clock);
        return new PooledHost(host, () -> forget(key), () -> giveBack(key, connection));
    }

    @Override
    public Host openAnew(HostAddress address) throws TransferException {
        forget(PoolKey.of(address));
        return open(address);
    }

    /** Sessions that are open by now are not used again; those in use are closed when they are given back. */
    private synchronized void forget(PoolKey key) {
        forgottenAt.put(key, System.nanoTime());
        Deque<Connection> waiting = idle.remove(key);
        if (waiting != null) {
            waiting.forEach(Connection::close);
        }
    }

    private boolean isForgotten(PoolKey key, Connection connection) {
        Long at = forgottenAt.get(key);
        return at != null && connection.begunNanos() - at < 0;
    }

    private synchronized @Nullable Connection takeIdle(PoolKey key) {
        Deque<Connection> waiting = idle.get(key);
        while (waiting != null && !waiting.isEmpty()) {
            Connection latest = waiting.removeFirst();
            if (latest.isAlive()) {
                return latest;
            }
            latest.close();
        }
        return null;
    }

    private void giveBack(PoolKey key, Connection connection) {
        synchronized (this) {
            if (!closed && connection.isReusable() && !isForgotten(key, connection)) {
                connection.markIdle();
                idle.computeIfAbsent(key, k -> new ArrayDeque<>()).addFirst(connection);
                return;
            }
        }
        connection.close();
    }

    private synchronized void sweep() {
        long nanos = settings.idleSession().toNanos();
        for (Iterator<Deque<Connection>> all = idle.values().iterator(); all.hasNext(); ) {
            Deque<Connection> waiting = all.next();
            waiting.removeIf(connection -> {
                boolean drop = !connection.isAlive() || connection.idleNanos() > nanos;
                if (drop) {
                    connection.close();
                }
                return drop;
            });
            if (waiting.isEmpty()) {
                all.remove();
            }
        }
    }

    private Connection connect(HostAddress address) throws TransferException {
        HostKeys keys;
        try {
            keys = HostKeys.of(address, settings.knownHosts());
        } catch (HostKeys.UnreadableKeysException e) {
            throw new TransferException(
                    new Failure.HostKeyUnknown(address.name(), "For " + address.name() + " " + e.getMessage() + "."),
                    e);
        }
        Iterable<KeyPair> identities = identities(address);
        awaitTurn(address);
        long begunNanos = System.nanoTime();
        ClientSession session;
        try {
            session = handshake(address, keys, identities);
        } finally {
            handshakes.release();
        }
        try {
            return Connection.probe(
                    address, session, settings, new Link(throttle(address), new Pace(settings.floor())), begunNanos);
        } catch (TransferException | RuntimeException e) {
            session.close(true);
            throw e;
        }
    }

    /** Servers that are slow to let anybody in hold up the others, but none of these for ever. */
    private void awaitTurn(HostAddress address) throws TransferException {
        try {
            if (handshakes.tryAcquire(settings.connectTimeout().toNanos(), TimeUnit.NANOSECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TransferException(
                    new Failure.Stopped(address.name(), "Connecting to " + address.name() + " was interrupted."), e);
        }
        throw new TransferException(new Failure.Unreachable(
                address.name(),
                where(address) + " was not tried: connections to other servers have been under way for "
                        + settings.connectTimeout().toSeconds()
                        + " s (slipway.ssh.connect-timeout), and only " + MOST_HANDSHAKES
                        + " are opened at the same time. See which servers answer slowly; it is safe to try again."));
    }

    private static String where(HostAddress address) {
        return address.name() + " (" + address.host() + ":" + address.port() + ")";
    }

    /** One for each server, however many sessions to it are open. */
    private Throttle throttle(HostAddress address) {
        CopySettings copying = settings.copying();
        return throttles.computeIfAbsent(
                address.host() + ":" + address.port(), server -> new Throttle(copying.bytesPerSecond(), inAll));
    }

    private ClientSession handshake(HostAddress address, HostKeys keys, Iterable<KeyPair> identities)
            throws TransferException {
        Attempt attempt = new Attempt(keys, false);
        long deadline = System.nanoTime() + settings.connectTimeout().toNanos();
        ClientSession session = null;
        boolean keyExchanged = false;
        try {
            session = connectTcp(address, attempt, deadline);
            identities.forEach(session::addPublicKeyIdentity);
            session.waitFor(
                    List.of(ClientSession.ClientSessionEvent.WAIT_AUTH, ClientSession.ClientSessionEvent.CLOSED),
                    Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
            keyExchanged = session.isOpen() && attempt.shown().get() != null;
            session.auth().verify(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
            return session;
        } catch (IOException | RuntimeException e) {
            if (session != null) {
                session.close(true);
            }
            throw whyNot(address, keys, attempt, keyExchanged, e);
        }
    }

    private ClientSession connectTcp(HostAddress address, Attempt attempt, long deadline) throws IOException {
        HostConfigEntry entry = new HostConfigEntry(address.host(), address.host(), address.port(), address.user());
        return client.connect(entry, AttributeRepository.ofKeyValuePair(ATTEMPT, attempt), null)
                .verify(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())))
                .getSession();
    }

    private TransferException whyNot(
            HostAddress address, HostKeys keys, Attempt attempt, boolean keyExchanged, Exception cause) {
        String name = address.name();
        String where = where(address);
        if (Thread.currentThread().isInterrupted()) {
            return new TransferException(
                    new Failure.Stopped(name, "Connecting to " + where + " was interrupted."), cause);
        }
        PublicKey shown = attempt.shown().get();
        int code = disconnectCode(cause);
        if (shown == null && code == SshConstants.SSH2_DISCONNECT_KEY_EXCHANGE_FAILED) {
            shown = look(address, keys);
        }
        if (shown != null && !keys.trusts(shown)) {
            return new TransferException(hostKeyFailure(name, where, keys, shown), cause);
        }
        if (keyExchanged
                && (code == SshConstants.SSH2_DISCONNECT_NO_MORE_AUTH_METHODS_AVAILABLE
                        || code == SshConstants.SSH2_DISCONNECT_AUTH_CANCELLED_BY_USER
                        || code == SshConstants.SSH2_DISCONNECT_PROTOCOL_ERROR)) {
            return new TransferException(
                    new Failure.AuthenticationRefused(
                            name,
                            where + " does not accept the user " + address.user() + " with the key "
                                    + settings.privateKey()
                                    + ". Put its public key into that user's authorized_keys on the server."),
                    cause);
        }
        Throwable broke = attempt.broke().get();
        if (!keyExchanged && broke != null && isNoSsh(broke)) {
            return new TransferException(
                    new Failure.ProtocolError(
                            name,
                            where + " answers, but not as an SSH server does: "
                                    + Diagnosis.shown(String.valueOf(broke.getMessage()))
                                    + ". See that the port is right and that nothing in between answers for it, then try again."),
                    cause);
        }
        String why = whyUnreachable(address, cause);
        return new TransferException(
                new Failure.Unreachable(name, where + " cannot be reached: " + why + (why.endsWith("?") ? "" : ".")),
                cause);
    }

    private String whyUnreachable(HostAddress address, Exception cause) {
        if (cause instanceof ConnectException || cause.getCause() instanceof ConnectException) {
            return "connection refused; is the SSH server running and the port right?";
        }
        if (Diagnosis.isUnknownName(cause)) {
            return "no address is known here for the name '" + address.host()
                    + "'; see that it is right in the inventory, and that this machine's DNS knows it";
        }
        return Diagnosis.isTimeout(cause)
                ? "no answer within " + settings.connectTimeout().toSeconds() + " s (slipway.ssh.connect-timeout)"
                : Diagnosis.shown(String.valueOf(cause.getMessage()));
    }

    /** A server that has no key of the pinned kind ends the key exchange without showing one: ask which it has, and log in nowhere. */
    private @Nullable PublicKey look(HostAddress address, HostKeys keys) {
        Attempt looking = new Attempt(keys, true);
        try (ClientSession session = connectTcp(
                address, looking, System.nanoTime() + settings.connectTimeout().toNanos())) {
            session.waitFor(List.of(ClientSession.ClientSessionEvent.CLOSED), settings.connectTimeout());
        } catch (IOException | RuntimeException e) {
            LOG.debug("no host key could be read from {}", address.name(), e);
        }
        return looking.shown().get();
    }

    private static Failure hostKeyFailure(String name, String where, HostKeys keys, PublicKey shown) {
        String fingerprint = HostKeys.fingerprint(shown);
        if (keys.trusted().isEmpty()) {
            return new Failure.HostKeyUnknown(
                    name,
                    "No host key is known for " + where + ". It shows " + fingerprint
                            + ". Compare that with the server's own (ssh-keygen -lf on its console), then pin it in the inventory.");
        }
        return new Failure.HostKeyChanged(
                name,
                where + " shows the host key " + fingerprint + ", but " + keys.source() + " holds "
                        + keys.fingerprints()
                        + ". Somebody may be listening in. If the server was set up anew, pin its new key.");
    }

    private static boolean isNoSsh(Throwable why) {
        for (Throwable t = why; t != null; t = t.getCause()) {
            if (t instanceof StreamCorruptedException) {
                return true;
            }
        }
        return disconnectCode(why) == SshConstants.SSH2_DISCONNECT_PROTOCOL_ERROR;
    }

    private static int disconnectCode(@Nullable Throwable cause) {
        for (Throwable t = cause; t != null; t = t.getCause()) {
            if (t instanceof SshException ssh && ssh.getDisconnectCode() > 0) {
                return ssh.getDisconnectCode();
            }
        }
        return 0;
    }

    /** As {@link LoginKey#read} says it. */
    public static Optional<String> whyUnusable(Path privateKey) {
        try {
            var unused = LoginKey.read(privateKey);
            return Optional.empty();
        } catch (LoginKey.UnusableKeyException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    private Iterable<KeyPair> identities(HostAddress address) throws TransferException {
        try {
            return LoginKey.read(settings.privateKey());
        } catch (LoginKey.UnusableKeyException e) {
            throw new TransferException(
                    new Failure.AuthenticationRefused(address.name(), String.valueOf(e.getMessage())), e);
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            idle.values().forEach(waiting -> waiting.forEach(Connection::close));
            idle.clear();
        }
        sweeper.shutdownNow();
        client.stop();
    }
}

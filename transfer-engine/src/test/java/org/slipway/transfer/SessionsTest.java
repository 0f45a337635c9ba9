package org.slipway.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slipway.model.HostAddress;
import org.slipway.model.RelativePath;

class SessionsTest {

    private static void use(Hosts hosts, HostAddress address) throws TransferException {
        try (Host host = hosts.open(address)) {
            host.list(List.of(new RelativePath("a")), Host.Hashing.NONE, Host.CopyWatcher.none());
        }
    }

    private static Failure failure(Hosts hosts, HostAddress address) {
        return Failures.of(() -> use(hosts, address));
    }

    private static String fingerprint(String publicKey, Path dir) throws Exception {
        Path file = Files.createTempFile(dir, "key", ".pub");
        Files.writeString(file, publicKey);
        return OpenSsh.run("ssh-keygen", "-l", "-f", file.toString()).split(" ")[1];
    }

    @ParameterizedTest
    @CsvSource({"ed25519,ed25519", "ecdsa,ecdsa", "rsa,rsa", "ed25519,rsa", "rsa,ecdsa"})
    void everyKindOfKeyWorks(String hostKeyType, String userKeyType, @TempDir Path dir) throws Exception {
        try (OpenSsh sshd = OpenSsh.startWithKeys(dir, hostKeyType, userKeyType);
                Hosts hosts = SshHosts.open(sshd.settings())) {
            use(hosts, sshd.address(dir));
        }
    }

    /** Has a key of this kind in a file of this format; {@code openssl} is what openssl itself writes, PKCS#8 by now. */
    private static Path keyIn(String format, String type, String passphrase, Path file) throws Exception {
        if (format.equals("openssl")) {
            List<String> command = new ArrayList<>(List.of("openssl", "genpkey", "-algorithm", type));
            if (!passphrase.isEmpty()) {
                command.addAll(List.of("-aes256", "-pass", "pass:" + passphrase));
            }
            command.addAll(List.of("-out", file.toString()));
            OpenSsh.run(command.toArray(String[]::new));
        } else {
            OpenSsh.run("ssh-keygen", "-q", "-t", type, "-m", format, "-N", passphrase, "-f", file.toString());
        }
        return file;
    }

    private static void logInWith(Path key, String publicHalf, Path dir) throws Exception {
        Path server = Files.createDirectory(dir.resolve("sshd"));
        Path usersKey = Files.copy(key, server.resolve("user_ed25519"));
        Files.writeString(Path.of(usersKey + ".pub"), publicHalf + "\n");
        try (OpenSsh sshd = OpenSsh.start(server);
                Hosts hosts = SshHosts.open(TransferSettings.of(key, null))) {
            use(hosts, sshd.address(dir));
        }
    }

    @ParameterizedTest
    @CsvSource({"RFC4716,ed25519", "RFC4716,ecdsa", "RFC4716,rsa", "PEM,ecdsa", "PEM,rsa", "PKCS8,ecdsa", "PKCS8,rsa"})
    void aKeyWorksInEachFormatThatOpenSshWrites(String format, String type, @TempDir Path dir) throws Exception {
        Path key = keyIn(format, type, "", dir.resolve("key"));

        logInWith(key, OpenSsh.publicKey(key), dir);
    }

    @Test
    void anEd25519KeyThatOpenSslWroteWorks(@TempDir Path dir) throws Exception {
        Path key = keyIn("openssl", "ed25519", "", dir.resolve("key"));

        logInWith(key, ed25519Public(key), dir);
    }

    /** Not every ssh-keygen reads PKCS#8 with an Ed25519 key, so its line is put together here. */
    private static String ed25519Public(Path key) throws Exception {
        Path der = key.resolveSibling("public.der");
        OpenSsh.run("openssl", "pkey", "-in", key.toString(), "-pubout", "-outform", "DER", "-out", der.toString());
        byte[] info = Files.readAllBytes(der);
        ByteBuffer line = ByteBuffer.allocate(4 + 11 + 4 + 32);
        line.putInt(11).put("ssh-ed25519".getBytes(StandardCharsets.US_ASCII));
        line.putInt(32).put(info, info.length - 32, 32);
        return "ssh-ed25519 " + Base64.getEncoder().encodeToString(line.array());
    }

    private static String refusal(Path key, Path dir) {
        HostAddress address =
                new HostAddress("web1", "127.0.0.1", OpenSsh.freePort(), "deploy", List.of(), dir.toString(), null);
        try (Hosts hosts = SshHosts.open(TransferSettings.of(key, null))) {
            Failure failure = failure(hosts, address);
            assertThat(failure).isInstanceOf(Failure.AuthenticationRefused.class);
            return failure.message();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "RFC4716,ed25519,OPENSSH",
        "RFC4716,rsa,OPENSSH",
        "PEM,rsa,RSA",
        "PEM,ecdsa,EC",
        "PKCS8,rsa,ENCRYPTED",
        "PKCS8,ecdsa,ENCRYPTED",
        "openssl,rsa,ENCRYPTED",
        "openssl,ed25519,ENCRYPTED"
    })
    void aKeyWithAPassphraseIsRefusedWithTheCommandThatTakesItAway(
            String format, String type, String label, @TempDir Path dir) throws Exception {
        Path key = keyIn(format, type, "secret", dir.resolve("key"));
        assertThat(Files.readString(key)).startsWith("-----BEGIN " + label + " PRIVATE KEY-----");
        String openssl = "openssl pkey -in " + key + " -out " + key + ".plain";
        String keygen = "ssh-keygen -p -N \"\" -f " + key;
        boolean pkcs8 = label.equals("ENCRYPTED");

        assertThat(refusal(key, dir))
                .contains("The private key " + key)
                .contains("passphrase")
                .contains("'" + (pkcs8 ? openssl : keygen) + "'");

        OpenSsh.run("sh", "-c", pkcs8 ? openssl + " -passin pass:secret" : keygen + " -P secret");
        Path plain = pkcs8 ? Path.of(key + ".plain") : key;
        logInWith(plain, type.equals("ed25519") && pkcs8 ? ed25519Public(plain) : publicHalf(plain), dir);
    }

    private static String publicHalf(Path key) throws Exception {
        return OpenSsh.run("ssh-keygen", "-y", "-f", key.toString()).strip();
    }

    /** As OpenSSL writes it where it is told to, and Java always. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anEcKeyWithoutItsPublicPartIsRefusedWithTheCommandThatAddsIt(boolean writtenByJava, @TempDir Path dir)
            throws Exception {
        Path key = dir.resolve("key");
        if (writtenByJava) {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(256);
            byte[] encoded = generator.generateKeyPair().getPrivate().getEncoded();
            Files.writeString(
                    key,
                    "-----BEGIN PRIVATE KEY-----\n"
                            + Base64.getMimeEncoder().encodeToString(encoded)
                            + "\n-----END PRIVATE KEY-----\n");
            Trees.mode(key, 0600);
        } else {
            Path whole = keyIn("PEM", "ecdsa", "", dir.resolve("whole"));
            OpenSsh.run("openssl", "ec", "-in", whole.toString(), "-no_public", "-out", key.toString());
        }
        String keygen = "ssh-keygen -p -N \"\" -f " + key;

        assertThat(refusal(key, dir)).contains("lacks the public key").contains("'" + keygen + "'");

        OpenSsh.run("sh", "-c", keygen);
        logInWith(key, publicHalf(key), dir);
    }

    @Test
    void onlyTheKindOfKeyThatIsPinnedIsAskedFor(@TempDir Path dir) throws Exception {
        OpenSsh.keygen("rsa", dir.resolve("more_rsa"));
        OpenSsh.keygen("ecdsa", dir.resolve("more_ecdsa"));
        try (OpenSsh sshd = OpenSsh.start(
                        dir, "HostKey " + dir.resolve("more_rsa"), "HostKey " + dir.resolve("more_ecdsa"));
                Hosts hosts = SshHosts.open(sshd.settings())) {
            use(hosts, sshd.address(dir));
            use(hosts, sshd.address(dir, List.of(Files.readString(dir.resolve("more_rsa.pub")))));
            use(hosts, sshd.address(dir, List.of(Files.readString(dir.resolve("more_ecdsa.pub")))));
        }
    }

    @Test
    void anUnknownHostKeyIsAnErrorThatShowsIt(@TempDir Path dir) throws Exception {
        try (OpenSsh sshd = OpenSsh.start(dir);
                Hosts hosts = SshHosts.open(sshd.settings())) {
            Failure failure = failure(hosts, sshd.address(dir, List.of()));

            assertThat(failure).isInstanceOf(Failure.HostKeyUnknown.class);
            assertThat(failure.message())
                    .contains(fingerprint(sshd.hostKey(), dir))
                    .contains("web1");
        }
    }

    @Test
    void aChangedHostKeyIsAnErrorThatShowsBoth(@TempDir Path dir) throws Exception {
        String other = OpenSsh.keygen("ed25519", dir.resolve("other"));
        try (OpenSsh sshd = OpenSsh.start(dir);
                Hosts hosts = SshHosts.open(sshd.settings())) {
            Failure failure = failure(hosts, sshd.address(dir, List.of(other)));

            assertThat(failure).isInstanceOf(Failure.HostKeyChanged.class);
            assertThat(failure.message())
                    .contains(fingerprint(sshd.hostKey(), dir))
                    .contains(fingerprint(other, dir));
        }
    }

    @Test
    void aHostKeyOfAnotherKindIsAnErrorThatShowsBoth(@TempDir Path dir) throws Exception {
        String other = OpenSsh.keygen("ecdsa", dir.resolve("other"));
        try (OpenSsh sshd = OpenSsh.start(dir);
                Hosts hosts = SshHosts.open(sshd.settings())) {
            Failure failure = failure(hosts, sshd.address(dir, List.of(other)));

            assertThat(failure).isInstanceOf(Failure.HostKeyChanged.class);
            assertThat(failure.message())
                    .contains(fingerprint(sshd.hostKey(), dir))
                    .contains(fingerprint(other, dir));
        }
    }

    @Test
    void knownHostsIsAskedWhereNoKeyIsPinned(@TempDir Path dir) throws Exception {
        try (OpenSsh sshd = OpenSsh.start(dir)) {
            Path known = dir.resolve("known_hosts");
            Files.writeString(known, "[127.0.0.1]:" + sshd.port() + " " + sshd.hostKey() + "\n");
            OpenSsh.run("ssh-keygen", "-q", "-H", "-f", known.toString());
            TransferSettings settings = TransferSettings.of(sshd.userKey(), known);
            try (Hosts hosts = SshHosts.open(settings)) {
                use(hosts, sshd.address(dir, List.of()));
            }
            Files.writeString(known, "@revoked * " + sshd.hostKey() + "\n", java.nio.file.StandardOpenOption.APPEND);
            try (Hosts hosts = SshHosts.open(settings)) {
                assertThat(failure(hosts, sshd.address(dir, List.of()))).isInstanceOf(Failure.HostKeyChanged.class);
            }
        }
    }

    @Test
    void aKeyThatTheServerDoesNotKnowIsRefused(@TempDir Path dir) throws Exception {
        OpenSsh.keygen("ed25519", dir.resolve("stranger"));
        try (OpenSsh sshd = OpenSsh.start(dir.resolve("server"));
                Hosts hosts = SshHosts.open(TransferSettings.of(dir.resolve("stranger"), null))) {
            Failure failure = failure(hosts, sshd.address(dir));

            assertThat(failure).isInstanceOf(Failure.AuthenticationRefused.class);
            assertThat(failure.message()).contains("authorized_keys");
        }
    }

    @Test
    void aMissingPrivateKeyIsNamed(@TempDir Path dir) {
        HostAddress address =
                new HostAddress("web1", "127.0.0.1", OpenSsh.freePort(), "deploy", List.of(), dir.toString(), null);
        try (Hosts hosts = SshHosts.open(TransferSettings.of(dir.resolve("no key"), null))) {
            Failure failure = failure(hosts, address);

            assertThat(failure).isInstanceOf(Failure.AuthenticationRefused.class);
            assertThat(failure.message()).contains("no key");
        }
    }

    @Test
    void nobodyListeningIsUnreachable(@TempDir Path dir) throws Exception {
        OpenSsh.keygen("ed25519", dir.resolve("key"));
        HostAddress address =
                new HostAddress("web1", "127.0.0.1", OpenSsh.freePort(), "deploy", List.of(), dir.toString(), null);
        try (Hosts hosts = SshHosts.open(TransferSettings.of(dir.resolve("key"), null))) {
            Failure failure = failure(hosts, address);

            assertThat(failure).isInstanceOf(Failure.Unreachable.class);
            assertThat(failure.retryHelps()).isTrue();
        }
    }

    @Test
    void aNameThatHasNoAddressIsToldAsThat(@TempDir Path dir) throws Exception {
        OpenSsh.keygen("ed25519", dir.resolve("key"));
        try (Hosts hosts = SshHosts.open(TransferSettings.of(dir.resolve("key"), null))) {
            HostAddress address =
                    new HostAddress("web1", "web-1.invalid", 22, "deploy", List.of(), dir.toString(), null);

            assertThat(failure(hosts, address))
                    .isInstanceOf(Failure.Unreachable.class)
                    .extracting(Failure::message)
                    .asString()
                    .startsWith(
                            "web1 (web-1.invalid:22) cannot be reached: no address is known here for the name 'web-1.invalid'; see");
        }
    }

    @Test
    void aServerThatOnlyAcceptsConnectionsIsUnreachableInTime(@TempDir Path dir) throws Exception {
        OpenSsh.keygen("ed25519", dir.resolve("key"));
        try (java.net.ServerSocket mute = new java.net.ServerSocket(0, 5, java.net.InetAddress.getLoopbackAddress());
                Hosts hosts = SshHosts.open(new TransferSettings(
                        dir.resolve("key"),
                        null,
                        Duration.ofMillis(500),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(5),
                        CopySettings.DEFAULT))) {
            HostAddress address = new HostAddress(
                    "web1", "127.0.0.1", mute.getLocalPort(), "deploy", List.of(), dir.toString(), null);

            assertThat(failure(hosts, address)).isInstanceOf(Failure.Unreachable.class);
        }
    }

    @Test
    void aSessionIsUsedAgain(@TempDir Path dir) throws Exception {
        try (OpenSsh sshd = OpenSsh.start(dir);
                Hosts hosts = SshHosts.open(sshd.settings())) {
            for (int i = 0; i < 5; i++) {
                use(hosts, sshd.address(dir));
            }

            assertThat(sshd.log().lines().filter(line -> line.contains("Accepted publickey")))
                    .hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"PermitTTY no", "ForceCommand internal-sftp"})
    void oneChannelIsEnough(String configuration, @TempDir Path dir) throws Exception {
        Path project = Files.createDirectory(dir.resolve("project"));
        Files.writeString(project.resolve("a"), "x");
        try (OpenSsh sshd = OpenSsh.start(dir.resolve("sshd"), "MaxSessions 1", configuration)) {
            for (int epoch = 1; epoch <= 5; epoch++) {
                try (Hosts hosts = SshHosts.open(sshd.settings());
                        Host host = hosts.open(sshd.address(project))) {
                    host.list(List.of(new RelativePath("a")), Host.Hashing.ALL, Host.CopyWatcher.none());
                    Host.BackupResult backup = host.archive(
                            new Host.BackupOrder(dir.resolve("backup.tar").toString(), 1),
                            new Host.Fence("w", epoch),
                            Host.CopyWatcher.none());
                    assertThat(backup.entries()).isEqualTo(2);
                    assertThat(host.check(true, null)).allMatch(Host.CheckLine::ok);
                }
            }
        }
    }

    private static long logins(OpenSsh sshd) {
        return sshd.log()
                .lines()
                .filter(line -> line.contains("Accepted publickey"))
                .count();
    }

    @Test
    void noSessionFromBeforeIsUsedOnceAPersonHasToMendSomething(@TempDir Path dir) throws Exception {
        Path none = dir.resolve("none");
        try (OpenSsh sshd = OpenSsh.start(dir);
                Hosts hosts = SshHosts.open(sshd.settings())) {
            try (Host busy = hosts.open(sshd.address(dir))) {
                try (Host idle = hosts.open(sshd.address(dir))) {
                    assertThat(idle.address()).isEqualTo(busy.address());
                }
                assertThat(failure(hosts, sshd.address(none))).isInstanceOf(Failure.DirectoryUnusable.class);
            }
            assertThat(logins(sshd)).isEqualTo(2);

            Files.createDirectory(none);
            use(hosts, sshd.address(none));
            use(hosts, sshd.address(none));

            assertThat(logins(sshd)).isEqualTo(3);
        }
    }

    @Test
    void noSessionFromBeforeIsUsedOnceSomethingMayNotBeCarried(@TempDir Path dir) throws Exception {
        OpenSsh.run("mkfifo", dir.resolve("a").toString());
        try (OpenSsh sshd = OpenSsh.start(dir);
                Hosts hosts = SshHosts.open(sshd.settings())) {
            use(hosts, sshd.address(dir));
            use(hosts, sshd.address(dir));

            assertThat(logins(sshd)).isEqualTo(2);
        }
    }

    @Test
    void aHostThatIsOpenedAnewSharesNoSessionWithThoseBefore(@TempDir Path dir) throws Exception {
        try (OpenSsh sshd = OpenSsh.start(dir);
                Hosts hosts = SshHosts.open(sshd.settings())) {
            use(hosts, sshd.address(dir));
            hosts.openAnew(sshd.address(dir)).close();
            use(hosts, sshd.address(dir));

            assertThat(logins(sshd)).isEqualTo(2);
        }
    }

    @Test
    void theKeyExchangeWithstandsQuantumComputersWhereTheServerKnowsHow(@TempDir Path dir) throws Exception {
        assumeThat(OpenSsh.run("ssh", "-Q", "kex")).containsAnyOf("sntrup761x25519-", "mlkem768x25519-");
        try (OpenSsh sshd = OpenSsh.start(dir, "LogLevel DEBUG1");
                Hosts hosts = SshHosts.open(sshd.settings())) {
            use(hosts, sshd.address(dir));

            assertThat(sshd.log()).containsPattern("kex: algorithm: (sntrup761|mlkem768)x25519-");
        }
    }

    @Test
    void anIdleSessionIsClosedInTime(@TempDir Path dir) throws Exception {
        try (OpenSsh sshd = OpenSsh.start(dir)) {
            TransferSettings usual = sshd.settings();
            try (Hosts hosts = SshHosts.open(new TransferSettings(
                    usual.privateKey(),
                    null,
                    usual.connectTimeout(),
                    usual.answerTimeout(),
                    usual.heartbeat(),
                    Duration.ofMillis(200),
                    usual.copying()))) {
                use(hosts, sshd.address(dir));

                Await.until("the session is closed", Duration.ofSeconds(10), () -> sshd.sessions()
                        .isEmpty());
            }
        }
    }

    @Test
    void aSessionThatDiedIsReplaced(@TempDir Path dir) throws Exception {
        try (OpenSsh sshd = OpenSsh.start(dir);
                Hosts hosts = SshHosts.open(sshd.settings())) {
            use(hosts, sshd.address(dir));
            sshd.sessions().forEach(ProcessHandle::destroyForcibly);
            Await.until("the sessions are gone", Duration.ofSeconds(10), () -> sshd.sessions()
                    .isEmpty());

            Await.until("the host answers again", Duration.ofSeconds(10), () -> {
                try {
                    use(hosts, sshd.address(dir));
                    return true;
                } catch (TransferException e) {
                    return false;
                }
            });
        }
    }

    @Test
    void aServerThatStopsAnsweringIsUnreachableInTime(@TempDir Path dir) throws Exception {
        try (OpenSsh sshd = OpenSsh.start(dir)) {
            TransferSettings usual = sshd.settings();
            try (Hosts hosts = SshHosts.open(new TransferSettings(
                            usual.privateKey(),
                            null,
                            usual.connectTimeout(),
                            Duration.ofSeconds(60),
                            Duration.ofMillis(300),
                            usual.idleSession(),
                            usual.copying()));
                    Host host = hosts.open(sshd.address(dir))) {
                assertThat(sshd.stopSessions()).isPositive();

                assertThatThrownBy(() ->
                                host.list(List.of(new RelativePath("a")), Host.Hashing.NONE, Host.CopyWatcher.none()))
                        .isInstanceOfSatisfying(TransferException.class, e -> assertThat(e.failure())
                                .isInstanceOf(Failure.Unreachable.class));
            }
        }
    }

    @Test
    void manyHostsAreOpenedAtTheSameMoment(@TempDir Path dir) throws Exception {
        try (OpenSsh sshd = OpenSsh.start(dir);
                Hosts hosts = SshHosts.open(sshd.settings());
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                all.add(threads.submit(() -> {
                    use(hosts, sshd.address(dir));
                    return null;
                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
        }
    }

    @Test
    void aCopyCutOffInTheMiddleIsFinishedByTheNext(@TempDir Path dir) throws Exception {
        Path from = Files.createDirectories(dir.resolve("from/site"));
        Path to = Files.createDirectory(dir.resolve("to"));
        byte[] content = new byte[20 << 20];
        new java.util.Random(5).nextBytes(content);
        Files.write(from.resolve("big"), content);
        Files.writeString(from.resolve("small"), "s");
        try (OpenSsh sshd = OpenSsh.start(dir.resolve("a"));
                OpenSsh source = OpenSsh.start(dir.resolve("b"));
                Hosts hosts = SshHosts.open(sshd.settings());
                Hosts sources = SshHosts.open(source.settings())) {
            Manifest manifest;
            try (Host host = sources.open(source.address(dir.resolve("from")))) {
                manifest = Manifest.of(
                        host.list(List.of(new RelativePath("site")), Host.Hashing.ALL, Host.CopyWatcher.none())
                                .entries());
            }
            assertThatThrownBy(() -> copy(hosts, sources, sshd, source, dir, manifest, 1, new Host.CopyWatcher() {
                        @Override
                        public boolean goOn() {
                            return true;
                        }

                        @Override
                        public void progress(long filesDone, long filesToDo, long bytesDone, long bytesToDo) {
                            sshd.sessions().forEach(ProcessHandle::destroyForcibly);
                        }
                    }))
                    .isInstanceOfSatisfying(TransferException.class, e -> assertThat(e.failure())
                            .isInstanceOf(Failure.Unreachable.class));
            assertThat(Trees.names(to)).isEmpty();

            copy(hosts, sources, sshd, source, dir, manifest, 2, Host.CopyWatcher.none());

            assertThat(Trees.differences(dir.resolve("from"), to, true, true)).isEmpty();
            assertThat(Trees.names(dir.resolve(".slipway-to/staging"))).isEmpty();
        }
    }

    private static void copy(
            Hosts hosts,
            Hosts sources,
            OpenSsh sshd,
            OpenSsh source,
            Path dir,
            Manifest manifest,
            long epoch,
            Host.CopyWatcher watcher)
            throws TransferException {
        try (Host from = sources.open(source.address(dir.resolve("from")));
                Host to = hosts.open(sshd.address(dir.resolve("to")))) {
            to.copy(manifest, from, new Host.Fence("w", epoch), watcher);
        }
    }

    @Test
    void anInterruptedThreadStops(@TempDir Path dir) throws Exception {
        Path from = Files.createDirectories(dir.resolve("from"));
        Files.write(from.resolve("big"), new byte[30 << 20]);
        Files.createDirectory(dir.resolve("to"));
        try (OpenSsh sshd = OpenSsh.start(dir.resolve("a"));
                Hosts hosts = SshHosts.open(sshd.settings())) {
            Manifest manifest;
            try (Host host = hosts.open(sshd.address(from))) {
                manifest = Manifest.of(
                        host.list(List.of(new RelativePath("big")), Host.Hashing.ALL, Host.CopyWatcher.none())
                                .entries());
            }
            AtomicReference<@Nullable Throwable> ended = new AtomicReference<>();
            Thread copying = Thread.ofPlatform().start(() -> {
                try {
                    copy(hosts, hosts, sshd, sshd, dir, manifest, 1, new Host.CopyWatcher() {
                        @Override
                        public boolean goOn() {
                            return true;
                        }

                        @Override
                        public void progress(long filesDone, long filesToDo, long bytesDone, long bytesToDo) {
                            Thread.currentThread().interrupt();
                        }
                    });
                } catch (TransferException e) {
                    ended.set(e);
                }
            });
            copying.join();

            assertThat(ended.get()).isInstanceOfSatisfying(TransferException.class, e -> assertThat(e.failure())
                    .isInstanceOf(Failure.Stopped.class));
            assertThat(Trees.names(dir.resolve("to"))).isEmpty();
        }
    }

    @Test
    void aFullDiskIsRefusedUntouchedAndTold(@TempDir Path dir) throws Exception {
        Assumptions.assumeTrue(OpenSsh.isRoot(), "only root can mount a small file system: not tested");
        Path from = Files.createDirectories(dir.resolve("from"));
        Files.write(from.resolve("big"), new byte[8 << 20]);
        Path small = Files.createDirectory(dir.resolve("small"));
        OpenSsh.run("mount", "-t", "tmpfs", "-o", "size=6m", "none", small.toString());
        try (OpenSsh sshd = OpenSsh.start(dir.resolve("a"));
                Hosts hosts = SshHosts.open(sshd.settings())) {
            Path to = Files.createDirectory(small.resolve("to"));
            Manifest manifest;
            try (Host host = hosts.open(sshd.address(from))) {
                manifest = Manifest.of(
                        host.list(List.of(new RelativePath("big")), Host.Hashing.ALL, Host.CopyWatcher.none())
                                .entries());
            }

            assertThatThrownBy(() -> {
                        try (Host source = hosts.open(sshd.address(from));
                                Host target = hosts.open(sshd.address(to))) {
                            target.copy(manifest, source, new Host.Fence("w", 1), Host.CopyWatcher.none());
                        }
                    })
                    .isInstanceOfSatisfying(TransferException.class, e -> {
                        assertThat(e.failure()).isInstanceOf(Failure.NoSpace.class);
                        assertThat(e.failure().message()).contains("9.0 MiB").contains("free");
                    });
            assertThat(Trees.names(to)).isEmpty();
        } finally {
            OpenSsh.run("umount", "-l", small.toString());
        }
    }
}

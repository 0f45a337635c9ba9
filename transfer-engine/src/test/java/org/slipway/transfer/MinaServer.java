package org.slipway.transfer;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.apache.sshd.client.future.DefaultOpenFuture;
import org.apache.sshd.client.future.OpenFuture;
import org.apache.sshd.common.channel.Channel;
import org.apache.sshd.common.channel.ChannelFactory;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;
import org.apache.sshd.common.file.nativefs.NativeFileSystemFactory;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.shell.ProcessShellFactory;
import org.apache.sshd.sftp.server.SftpEventListener;
import org.apache.sshd.sftp.server.SftpSubsystemFactory;
import org.slipway.model.HostAddress;
import org.slipway.transfer.ssh.SessionPool;

/** MINA's own SSH server on loopback: SFTP, and where wanted commands. */
final class MinaServer implements AutoCloseable {
    private final SshServer server;
    private final String hostKey;
    private final Path userKey;

    static {
        try {
            // Servers here come first, and the client is to be tested with what a service gives MINA.
            MethodHandles.lookup().ensureInitialized(SessionPool.class);
        } catch (IllegalAccessException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private MinaServer(SshServer server, String hostKey, Path userKey) {
        this.server = server;
        this.hostKey = hostKey;
        this.userKey = userKey;
    }

    static MinaServer start(Path dir, boolean commands, SftpEventListener... listeners) {
        return start(dir, commands, server -> {}, listeners);
    }

    /** Accepts logins, and answers no request for a channel after that. */
    static MinaServer startMute(Path dir) {
        return startMute(dir, new CountDownLatch(1));
    }

    /** The same, and counts the requests for a channel down. */
    static MinaServer startMute(Path dir, CountDownLatch asked) {
        return start(
                dir,
                false,
                server -> server.setChannelFactories(List.of(new ChannelFactory() {
                    @Override
                    public String getName() {
                        return "session";
                    }

                    @Override
                    public Channel createChannel(Session session) {
                        return new ChannelSession() {
                            @Override
                            public OpenFuture open(long recipient, long window, long packet, Buffer buffer) {
                                asked.countDown();
                                return new DefaultOpenFuture(this, this);
                            }
                        };
                    }
                })));
    }

    /** Accepts nobody and refuses nobody before it is told to. */
    static MinaServer startUndecided(Path dir, CountDownLatch until) {
        return start(
                dir,
                false,
                server -> server.setPublickeyAuthenticator((name, key, session) -> {
                    try {
                        until.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    return false;
                }));
    }

    private static MinaServer start(
            Path dir, boolean commands, Consumer<SshServer> change, SftpEventListener... listeners) {
        try {
            Files.createDirectories(dir);
            java.security.KeyPair host = KeyUtils.generateKeyPair("ecdsa-sha2-nistp256", 256);
            java.security.KeyPair user = KeyUtils.generateKeyPair("ecdsa-sha2-nistp256", 256);
            Path userKey = dir.resolve("mina_user");
            try (OutputStream out = Files.newOutputStream(userKey)) {
                OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(user, "slipway", null, out);
            }
            SshServer server = SshServer.setUpDefaultServer();
            server.setHost("127.0.0.1");
            server.setPort(0);
            server.setKeyPairProvider(KeyPairProvider.wrap(host));
            server.setPublickeyAuthenticator((name, key, session) -> KeyUtils.compareKeys(key, user.getPublic()));
            server.setFileSystemFactory(new NativeFileSystemFactory());
            SftpSubsystemFactory sftp = new SftpSubsystemFactory();
            for (SftpEventListener listener : listeners) {
                sftp.addSftpEventListener(listener);
            }
            server.setSubsystemFactories(List.of(sftp));
            if (commands) {
                server.setCommandFactory((channel, command) ->
                        new ProcessShellFactory(command, "/bin/sh", "-c", command).createShell(channel));
            }
            change.accept(server);
            server.start();
            return new MinaServer(server, PublicKeyEntry.toString(host.getPublic()), userKey);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (java.security.GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    HostAddress address(Path project) {
        return new HostAddress(
                "demo", "127.0.0.1", server.getPort(), "deploy", List.of(hostKey), project.toString(), null);
    }

    HostAddress address(Path project, Path work) {
        return new HostAddress(
                "demo", "127.0.0.1", server.getPort(), "deploy", List.of(hostKey), project.toString(), work.toString());
    }

    TransferSettings settings() {
        return TransferSettings.of(userKey, null);
    }

    @Override
    public void close() {
        try {
            server.stop(true);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

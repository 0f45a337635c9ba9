package org.slipway.embedded;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.channel.ClientChannel;
import org.apache.sshd.client.channel.ClientChannelEvent;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.PublicKeyEntryResolver;
import org.apache.sshd.sftp.client.SftpClient;
import org.apache.sshd.sftp.client.SftpClientFactory;

/** A client that trusts exactly the given host keys. */
record MinaClient(SshClient client, ClientSession session) implements AutoCloseable {

    private static final Duration LONGEST = Duration.ofSeconds(30);

    record Result(int status, String out, String err) {}

    static MinaClient connect(int port, SshKeys keys, List<String> hostKeys) throws Exception {
        return connect(port, "anyone", keys, hostKeys);
    }

    static MinaClient connect(int port, String user, SshKeys keys, List<String> hostKeys) throws Exception {
        SshClient client = SshClient.setUpDefaultClient();
        client.setServerKeyVerifier((session, address, key) ->
                hostKeys.stream().anyMatch(known -> KeyUtils.compareKeys(parse(known), key)));
        client.start();
        try {
            ClientSession session =
                    client.connect(user, "127.0.0.1", port).verify(LONGEST).getClientSession();
            session.addPublicKeyIdentity(SshKeys.load(keys.privateKey()));
            session.auth().verify(LONGEST);
            return new MinaClient(client, session);
        } catch (Exception failed) {
            client.stop();
            throw failed;
        }
    }

    private static PublicKey parse(String line) {
        try {
            return PublicKeyEntry.parsePublicKeyEntry(line)
                    .resolvePublicKey(null, Map.of(), PublicKeyEntryResolver.FAILING);
        } catch (Exception broken) {
            throw new IllegalStateException(broken);
        }
    }

    Result run(String command, byte[] input) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        try (ClientChannel channel = session.createExecChannel(command)) {
            channel.setIn(new ByteArrayInputStream(input));
            channel.setOut(out);
            channel.setErr(err);
            channel.open().verify(LONGEST);
            if (!channel.waitFor(EnumSet.of(ClientChannelEvent.CLOSED), LONGEST).contains(ClientChannelEvent.CLOSED)) {
                throw new IOException("not ended: " + command);
            }
            Integer status = channel.getExitStatus();
            return new Result(
                    status == null ? -1 : status,
                    out.toString(StandardCharsets.UTF_8),
                    err.toString(StandardCharsets.UTF_8));
        }
    }

    Result run(String command) throws IOException {
        return run(command, new byte[0]);
    }

    /** Starts it and does not wait. */
    ClientChannel start(String command) throws IOException {
        ClientChannel channel = session.createExecChannel(command);
        channel.open().verify(LONGEST);
        return channel;
    }

    SftpClient sftp() throws IOException {
        return SftpClientFactory.instance().createSftpClient(session);
    }

    @Override
    public void close() {
        session.close(true);
        client.stop();
    }
}

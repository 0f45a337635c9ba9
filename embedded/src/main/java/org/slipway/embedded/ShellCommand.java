package org.slipway.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.ExitCallback;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;
import org.jspecify.annotations.Nullable;

/** A command of an SSH client as a process group of its own. When its channel goes first, the group is killed. */
final class ShellCommand implements Command {

    private static final int BLOCK_BYTES = 64 << 10;
    private static final int CANNOT_START = 127;

    private final List<String> words;
    private final Path workingDirectory;
    private final Map<String, String> environment;
    private final AtomicBoolean ended = new AtomicBoolean();
    private InputStream in = InputStream.nullInputStream();
    private OutputStream out = OutputStream.nullOutputStream();
    private OutputStream err = OutputStream.nullOutputStream();
    private @Nullable ExitCallback onExit;
    private @Nullable Process process;

    ShellCommand(List<String> shell, String command, Path workingDirectory, Map<String, String> environment) {
        this.words = new ArrayList<>();
        words.add("setsid");
        words.addAll(shell);
        words.add(command);
        this.workingDirectory = workingDirectory;
        this.environment = environment;
    }

    @Override
    public void setInputStream(InputStream stream) {
        in = stream;
    }

    @Override
    public void setOutputStream(OutputStream stream) {
        out = stream;
    }

    @Override
    public void setErrorStream(OutputStream stream) {
        err = stream;
    }

    @Override
    public void setExitCallback(ExitCallback callback) {
        onExit = callback;
    }

    @Override
    public void start(ChannelSession channel, Environment ofClient) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(words).directory(workingDirectory.toFile());
        builder.environment().put("HOME", workingDirectory.toString());
        builder.environment().putAll(environment);
        Process started;
        try {
            started = builder.start();
        } catch (IOException cannot) {
            exit(CANNOT_START);
            return;
        }
        process = started;
        Lifeline.hold(started.pid(), Signal.KILL);
        Thread input = pumping(() -> pump(in, started.getOutputStream(), true));
        Thread errors = pumping(() -> pump(started.getErrorStream(), err, false));
        pumping(() -> {
            pump(started.getInputStream(), out, false);
            try {
                errors.join();
                int status = started.waitFor();
                if (ended.compareAndSet(false, true)) {
                    exit(status);
                }
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            } finally {
                input.interrupt();
            }
        });
    }

    /**
     * Not virtual: a virtual thread that reads a pipe holds its carrier. A few idle shells hold all there are, and once the spare
     * ones have ended no other virtual thread of this JVM runs.
     */
    private static Thread pumping(Runnable pump) {
        return Thread.ofPlatform().daemon().name("shell").start(pump);
    }

    private void exit(int status) {
        ExitCallback callback = onExit;
        if (callback != null) {
            callback.onExit(status);
        }
    }

    private static void pump(InputStream from, OutputStream to, boolean closeAfter) {
        byte[] block = new byte[BLOCK_BYTES];
        try {
            for (int read = from.read(block); read >= 0; read = from.read(block)) {
                to.write(block, 0, read);
                to.flush();
            }
        } catch (IOException otherSideIsGone) {
            // the status, or the end of the channel, tells how it went
        } finally {
            if (closeAfter) {
                try {
                    to.close();
                } catch (IOException otherSideIsGone) {
                    // as above
                }
            }
        }
    }

    @Override
    public void destroy(ChannelSession channel) {
        Process running = process;
        if (running != null && ended.compareAndSet(false, true)) {
            Signal.KILL.send(-running.pid());
        }
    }
}

// The agent shows this secret when it connects. It lies in a volume that only the two mount, so that
// nobody has to carry it from one to the other.
import java.nio.file.Files
import java.nio.file.Paths
import java.nio.file.attribute.PosixFilePermissions
import jenkins.slaves.JnlpAgentReceiver

def file = Paths.get(System.getenv('AGENT_SECRET_FILE') ?: '/run/agent/secret')
def mine = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString('rw-------'))
Files.deleteIfExists(file)
Files.createFile(file, mine)
Files.write(file, JnlpAgentReceiver.SLAVE_SECRET.mac('bellwether').bytes)

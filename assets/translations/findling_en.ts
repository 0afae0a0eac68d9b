<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en_US">
<context>
    <name>Findling</name>
    <message numerus="yes">
        <source>%Ln file(s)</source>
        <translation>
            <numerusform>%Ln file</numerusform>
            <numerusform>%Ln files</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln picture(s) or page(s)</source>
        <translation>
            <numerusform>%Ln picture or page</numerusform>
            <numerusform>%Ln pictures and pages</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln page(s)</source>
        <translation>
            <numerusform>%Ln page</numerusform>
            <numerusform>%Ln pages</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln file(s) could not be read</source>
        <translation>
            <numerusform>%Ln file could not be read</numerusform>
            <numerusform>%Ln files could not be read</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln could not be read</source>
        <comment>of files</comment>
        <translation>
            <numerusform>%Ln could not be read</numerusform>
            <numerusform>%Ln could not be read</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>A search takes at most %Ln picture(s). The others were left out.</source>
        <translation>
            <numerusform>A search takes at most %Ln picture. The others were left out.</numerusform>
            <numerusform>A search takes at most %Ln pictures. The others were left out.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln photograph(s)</source>
        <translation>
            <numerusform>%Ln photograph</numerusform>
            <numerusform>%Ln photographs</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln not read</source>
        <comment>of files</comment>
        <translation>
            <numerusform>%Ln not read</numerusform>
            <numerusform>%Ln not read</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln file(s) not read yet</source>
        <translation>
            <numerusform>%Ln file not read yet</numerusform>
            <numerusform>%Ln files not read yet</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln a second</source>
        <translation>
            <numerusform>%Ln a second</numerusform>
            <numerusform>%Ln a second</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln a minute</source>
        <translation>
            <numerusform>%Ln a minute</numerusform>
            <numerusform>%Ln a minute</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>about %Ln minute(s) left</source>
        <translation>
            <numerusform>about %Ln minute left</numerusform>
            <numerusform>about %Ln minutes left</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>about %Ln hour(s) left</source>
        <translation>
            <numerusform>about %Ln hour left</numerusform>
            <numerusform>about %Ln hours left</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>about %Ln day(s) left</source>
        <translation>
            <numerusform>about %Ln day left</numerusform>
            <numerusform>about %Ln days left</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln copies of others</source>
        <translation>
            <numerusform>%Ln copy of another</numerusform>
            <numerusform>%Ln copies of others</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Watching %Ln folder(s)</source>
        <translation>
            <numerusform>Watching %Ln folder</numerusform>
            <numerusform>Watching %Ln folders</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln file(s) more were left out. Ask again with fewer.</source>
        <translation>
            <numerusform>%Ln file more was left out. Ask again with fewer.</numerusform>
            <numerusform>%Ln files more were left out. Ask again with fewer.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln group(s) · up to {size} could be freed</source>
        <translation>
            <numerusform>%Ln group · up to {size} could be freed</numerusform>
            <numerusform>%Ln groups · up to {size} could be freed</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{kind} · %Ln file(s) · up to {size} could be freed</source>
        <translation>
            <numerusform>{kind} · %Ln file · up to {size} could be freed</numerusform>
            <numerusform>{kind} · %Ln files · up to {size} could be freed</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Move all %Ln to the bin…</source>
        <translation>
            <numerusform>Move all %Ln to the bin…</numerusform>
            <numerusform>Move all %Ln to the bin…</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Move the %Ln other(s) to the bin…</source>
        <translation>
            <numerusform>Move the other to the bin…</numerusform>
            <numerusform>Move the %Ln others to the bin…</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Move the %Ln ticked to the bin…</source>
        <translation>
            <numerusform>Move the ticked one to the bin…</numerusform>
            <numerusform>Move the %Ln ticked to the bin…</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Open %Ln file(s) at once?</source>
        <translation>
            <numerusform>Open %Ln file at once?</numerusform>
            <numerusform>Open %Ln files at once?</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Show %Ln folder(s) at once?</source>
        <translation>
            <numerusform>Show %Ln folder at once?</numerusform>
            <numerusform>Show %Ln folders at once?</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Open %Ln file(s) with</source>
        <translation>
            <numerusform>Open %Ln file with</numerusform>
            <numerusform>Open %Ln files with</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Copy %Ln file(s)</source>
        <translation>
            <numerusform>Copy %Ln file</numerusform>
            <numerusform>Copy %Ln files</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Copy %Ln path(s)</source>
        <translation>
            <numerusform>Copy %Ln path</numerusform>
            <numerusform>Copy %Ln paths</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln file(s) copied, to be pasted where you want.</source>
        <translation>
            <numerusform>%Ln file copied, to be pasted where you want.</numerusform>
            <numerusform>%Ln files copied, to be pasted where you want.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln path(s) copied as text.</source>
        <translation>
            <numerusform>%Ln path copied as text.</numerusform>
            <numerusform>%Ln paths copied as text.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>and %Ln more</source>
        <comment>of files</comment>
        <translation>
            <numerusform>and %Ln more</numerusform>
            <numerusform>and %Ln more</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Move %Ln file(s) to the bin?</source>
        <translation>
            <numerusform>Move %Ln file to the bin?</numerusform>
            <numerusform>Move %Ln files to the bin?</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln file(s) moved to the bin.</source>
        <translation>
            <numerusform>%Ln file moved to the bin.</numerusform>
            <numerusform>%Ln files moved to the bin.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln file(s) are back.</source>
        <translation>
            <numerusform>%Ln file is back.</numerusform>
            <numerusform>%Ln files are back.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln file(s) copied to “{name}”.</source>
        <translation>
            <numerusform>%Ln file copied to “{name}”.</numerusform>
            <numerusform>%Ln files copied to “{name}”.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Stopped: %Ln file(s) copied to “{name}”.</source>
        <translation>
            <numerusform>Stopped: %Ln file copied to “{name}”.</numerusform>
            <numerusform>Stopped: %Ln files copied to “{name}”.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{done} of %Ln file(s) copied.</source>
        <translation>
            <numerusform>{done} of %Ln file copied.</numerusform>
            <numerusform>{done} of %Ln files copied.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{problems} %Ln more were left out.</source>
        <comment>of files</comment>
        <translation>
            <numerusform>{problems} %Ln more was left out.</numerusform>
            <numerusform>{problems} %Ln more were left out.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>of {count} · %Ln match(es)</source>
        <comment>pages that match</comment>
        <translation>
            <numerusform>of {count} · %Ln matching</numerusform>
            <numerusform>of {count} · %Ln matching</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>and %Ln other(s)</source>
        <translation>
            <numerusform>and %Ln other</numerusform>
            <numerusform>and %Ln others</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln alike</source>
        <translation>
            <numerusform>%Ln alike</numerusform>
            <numerusform>%Ln alike</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln document(s)</source>
        <translation>
            <numerusform>%Ln document</numerusform>
            <numerusform>%Ln documents</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>All %Ln pages</source>
        <translation>
            <numerusform>All %Ln pages</numerusform>
            <numerusform>All %Ln pages</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Text on %Ln picture(s) or scan(s) is not read yet, so it is not found.</source>
        <translation>
            <numerusform>Text on %Ln picture or scan is not read yet, so it is not found.</numerusform>
            <numerusform>Text on %Ln pictures or scans is not read yet, so it is not found.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln selected</source>
        <translation>
            <numerusform>%Ln selected</numerusform>
            <numerusform>%Ln selected</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>more than %Ln</source>
        <translation>
            <numerusform>more than %Ln</numerusform>
            <numerusform>more than %Ln</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>More than %Ln picture(s) or page(s)</source>
        <translation>
            <numerusform>More than %Ln picture or page</numerusform>
            <numerusform>More than %Ln pictures and pages</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln copies</source>
        <translation>
            <numerusform>%Ln copy</numerusform>
            <numerusform>%Ln copies</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>A search takes at most %Ln part(s) of words.</source>
        <translation>
            <numerusform>A search takes at most %Ln part of words.</numerusform>
            <numerusform>A search takes at most %Ln parts of words.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Filters (%Ln)</source>
        <translation>
            <numerusform>Filters (%Ln)</numerusform>
            <numerusform>Filters (%Ln)</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Filters, %Ln set</source>
        <translation>
            <numerusform>Filters, %Ln set</numerusform>
            <numerusform>Filters, %Ln set</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{name}, %Ln picture(s)</source>
        <translation>
            <numerusform>{name}, %Ln picture</numerusform>
            <numerusform>{name}, %Ln pictures</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln group(s)</source>
        <translation>
            <numerusform>%Ln group</numerusform>
            <numerusform>%Ln groups</numerusform>
        </translation>
    </message>
</context>
</TS>
